//! What is true of the whole device: which call, of which account, has the floor, that is, is placed or answered and
//! not held. Calls come in as claims of the account machines; verdicts and news for the other accounts go out.
//!
//! One arbiter per device sees every claim in one order, so two accounts can never both be granted. It has no
//! timer: an account that vanishes is removed by [`Arbiter::remove_account`].

use std::collections::BTreeSet;

use confab_model::{AccountId, CallId};

/// What an account's machine asks of the arbiter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FloorRequest {
    /// Answered by [`FloorEvent::Granted`] or [`FloorEvent::Denied`].
    Claim(CallId),
    /// Ended or held. Of a call that has not the floor it means nothing.
    Release(CallId),
    /// Glare merged one call into another: the floor goes with it.
    Move { from: CallId, to: CallId },
}

/// What the arbiter tells an account's machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FloorEvent {
    Granted(CallId),
    Denied {
        call: CallId,
        holder: CallId,
    },
    /// The call of another account that has the floor now.
    Elsewhere(Option<CallId>),
}

/// Who has the floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub account: AccountId,
    pub call: CallId,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Arbiter {
    accounts: BTreeSet<AccountId>,
    holder: Option<Holder>,
}

impl Arbiter {
    pub fn new() -> Self {
        Self::default()
    }

    /// The call that has microphone, camera and speaker.
    pub fn holder(&self) -> Option<&Holder> {
        self.holder.as_ref()
    }

    /// From now on the account is told of the others. The answer is for its machine.
    pub fn add_account(&mut self, account: AccountId) -> FloorEvent {
        self.accounts.insert(account);
        FloorEvent::Elsewhere(self.holder.as_ref().filter(|h| h.account != account).map(|h| h.call.clone()))
    }

    /// The account is gone with all its calls.
    pub fn remove_account(&mut self, account: AccountId) -> Vec<(AccountId, FloorEvent)> {
        self.accounts.remove(&account);
        if self.holder.as_ref().is_some_and(|h| h.account == account) {
            self.give_to(account, None)
        } else {
            Vec::new()
        }
    }

    /// Decides a request. The events go to the machines of the named accounts, in this order.
    pub fn handle(&mut self, account: AccountId, request: FloorRequest) -> Vec<(AccountId, FloorEvent)> {
        match request {
            FloorRequest::Claim(call) => match &self.holder {
                Some(holder) if holder.account == account && holder.call == call => {
                    vec![(account, FloorEvent::Granted(call))]
                }
                Some(holder) => vec![(account, FloorEvent::Denied { call, holder: holder.call.clone() })],
                None => {
                    let mut events = vec![(account, FloorEvent::Granted(call.clone()))];
                    events.extend(self.give_to(account, Some(call)));
                    events
                }
            },
            FloorRequest::Release(call) if self.is_holder(account, &call) => self.give_to(account, None),
            FloorRequest::Move { from, to } if self.is_holder(account, &from) => self.give_to(account, Some(to)),
            FloorRequest::Release(_) | FloorRequest::Move { .. } => Vec::new(),
        }
    }

    fn is_holder(&self, account: AccountId, call: &CallId) -> bool {
        self.holder.as_ref().is_some_and(|h| h.account == account && h.call == *call)
    }

    fn give_to(&mut self, account: AccountId, call: Option<CallId>) -> Vec<(AccountId, FloorEvent)> {
        self.holder = call.clone().map(|call| Holder { account, call });
        let others = self.accounts.iter().filter(|other| **other != account);
        others.map(|other| (*other, FloorEvent::Elsewhere(call.clone()))).collect()
    }
}

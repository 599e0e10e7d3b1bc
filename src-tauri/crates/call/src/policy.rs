//! Settings of the account and what they mean for a call that comes in.

use confab_model::{AccountId, FullJid};

use crate::{Ring, Standing, TimerValues};

/// What does not change while the account is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallsConfig {
    pub account: AccountId,
    /// The own full JID as the server bound it.
    pub own: FullJid,
    pub timers: TimerValues,
    pub policy: Policy,
}

/// The person's settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// A call that arrives during another one waits quietly; otherwise it is answered busy.
    pub call_waiting: bool,
    pub do_not_disturb: Option<DoNotDisturb>,
    pub strangers: StrangerPolicy,
}

/// Not to be asked to ring.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DoNotDisturb {
    /// Told to contacts who call.
    pub text: Option<String>,
}

/// What a call from somebody who is not a contact does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum StrangerPolicy {
    Ring,
    /// Listed, no sound.
    #[default]
    Silent,
    /// Neither answered nor listed.
    Block,
}

/// What to do with an invitation that is neither glare nor over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    /// `confirm`: tell the caller that this device rings.
    Ring {
        ring: Ring,
        confirm: bool,
    },
    /// Answer busy (contacts only), list as missed.
    DoNotDisturb,
    Busy,
    Block,
}

impl Policy {
    /// `engaged`: another call is on, placed or ringing on this device. Strangers are never told anything
    /// (`calls.md` rule 8), so neither is anybody whose call makes no sound: nothing rings then.
    pub(crate) fn admit(&self, sender: Standing, engaged: bool) -> Admission {
        if !sender.contact && self.strangers == StrangerPolicy::Block {
            return Admission::Block;
        }
        if self.do_not_disturb.is_some() {
            return Admission::DoNotDisturb;
        }
        if engaged && !self.call_waiting {
            return Admission::Busy;
        }
        let silent = sender.muted || (!sender.contact && self.strangers != StrangerPolicy::Ring);
        let ring = match (silent, engaged) {
            (true, _) => Ring::Silent,
            (false, true) => Ring::Waiting,
            (false, false) => Ring::Loud,
        };
        Admission::Ring { ring, confirm: sender.contact && !silent }
    }
}

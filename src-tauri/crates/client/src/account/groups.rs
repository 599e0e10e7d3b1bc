//! Groups of an account: what the session tells of them goes to the store and to the listeners.
//!
//! In: the session's [`GroupEvent`]s, in their order with everything else that is received (`arrivals`). Out: rows, system
//! lines, events, and to the outbox which groups take messages now. What people ask of groups goes from
//! [`crate::Client`] straight to the session; what they need to see at once of its answer comes back through
//! [`AccountActor::group_known`].

use std::collections::HashSet;

use confab_model::{
    BareJid, ConversationKind, Event, FailureWhy, Group, GroupMember, GroupNotice, GroupRequest, GroupRequestKind,
    GroupRole, GroupState, MessageId, Sender, Timestamp,
};
use confab_session::{GroupEvent, SessionHandle};
use confab_store::{SendingContent, StoreError, Taken};
use tokio::sync::mpsc;

use super::{AccountMessage, actor::AccountActor, arrivals::FromWire};
use crate::{ErrorCode, OperationError};

/// Groups of which the lists may wait to be read; a session has no more.
const MAX_WAITING_LISTS: usize = 512;
/// Requests that are kept of people who are no contacts; of more, later ones are not told.
const MAX_STRANGERS_REQUESTS: usize = 100;
/// Entries of the outbox that are read at a time.
const PAGE: u32 = 200;

/// What an account's actor remembers of its groups.
#[derive(Debug)]
pub(super) struct Groups {
    /// This account is in, or on its way in: the conversation is there, unless the person has deleted it.
    inside: HashSet<BareJid>,
    /// The archive was read up to now before: what comes from it is news.
    read: HashSet<BareJid>,
    lists: mpsc::Sender<BareJid>,
}

impl Groups {
    /// Starts the task that reads the lists of groups that were entered, one group after the other; it ends with this.
    pub(super) fn start(session: SessionHandle) -> Self {
        let (lists, mut entered) = mpsc::channel::<BareJid>(MAX_WAITING_LISTS);
        tokio::spawn(async move {
            while let Some(group) = entered.recv().await {
                if let Err(error) = session.group_members(&group, true).await {
                    tracing::debug!(%error, "the lists of a group are not known");
                }
            }
        });
        Self { inside: HashSet::new(), read: HashSet::new(), lists }
    }

    /// Those groups of a page whose history is read for the first time: nothing in it is news.
    pub(super) fn unread_before(&self, page: &[FromWire]) -> HashSet<BareJid> {
        let of_group = page.iter().filter_map(|one| match one {
            FromWire::Message(message) if message.kind == ConversationKind::Group => Some(&message.conversation),
            FromWire::Message(_) | FromWire::Amendment(_) => None,
        });
        of_group.filter(|group| !self.read.contains(*group)).cloned().collect()
    }
}

/// Whether the account is in a group, or is to be in it again as soon as that is possible.
pub(crate) fn is_inside(state: &GroupState) -> bool {
    match state {
        GroupState::Joining | GroupState::Joined | GroupState::Disconnected { .. } => true,
        GroupState::Applied { .. }
        | GroupState::Refused { .. }
        | GroupState::Left
        | GroupState::Removed { .. }
        | GroupState::Dissolved { .. } => false,
    }
}

impl AccountActor {
    /// What the store has, before the first session.
    pub(super) async fn load_groups(&mut self) {
        let groups = match self.context.store.groups(self.id).await {
            Ok(groups) => groups,
            Err(error) => return self.store_failed(&error),
        };
        for group in groups {
            self.outgoing.sending().room_closed(&group.jid);
            // It was entered on this device before; that nothing was said there then is no reason to miss the first words.
            match self.context.store.conversation(self.id, &group.jid).await {
                Ok(Some(_)) => {
                    self.groups.read.insert(group.jid.clone());
                }
                Ok(None) => {}
                Err(error) => self.store_failed(&error),
            }
            if is_inside(&group.state) {
                self.groups.inside.insert(group.jid);
            }
        }
    }

    pub(super) async fn group_told(&mut self, event: GroupEvent) -> Result<(), StoreError> {
        match event {
            GroupEvent::Changed(group) => self.group_changed(group).await,
            GroupEvent::Members { group, members, complete } => self.members_told(group, members, complete).await,
            GroupEvent::MemberChanged { group, member } => self.member_changed(group, member).await,
            GroupEvent::Noticed { group, notice, at } => self.noticed(&group, &notice, at).await,
            GroupEvent::Requested { request, from_contact } => self.group_requested(request, from_contact).await,
            GroupEvent::RequestSettled { group, kind, from } => self.settle_group_request(group, kind, from).await,
            GroupEvent::Reflected { group, id, archive_id, sent_at } => {
                let store = &self.context.store;
                let received = store.reflected(self.id, &group, &id, archive_id.as_deref(), sent_at).await?;
                self.publish_taken(received.map(|received| Taken::Message(Box::new(received))).into_iter().collect())
                    .await;
                Ok(())
            }
            GroupEvent::Delivered(told) => {
                let changed = self.context.store.receipt(self.id, &told.group, &told.by, &told.of.0, told.at).await?;
                if let Some(message) = changed {
                    self.publish_updated(message).await;
                }
                Ok(())
            }
            GroupEvent::Displayed(told) if told.own => self.displayed_elsewhere(told.group, MessageId(told.of.0)).await,
            GroupEvent::Displayed(told) => {
                let store = &self.context.store;
                for message in store.read_marker(self.id, &told.group, &told.by, &told.of.0, told.at).await? {
                    self.publish_updated(message).await;
                }
                Ok(())
            }
            GroupEvent::ArchiveGap { group } => {
                self.context.store.note_group_gap(self.id, &group).await?;
                self.groups.read.remove(&group);
                Ok(())
            }
            GroupEvent::CaughtUp { group } => self.group_caught_up(group).await,
            // Comes with the messages before it.
            GroupEvent::ArchiveReached { .. } => Ok(()),
        }
    }

    async fn group_changed(&mut self, group: Group) -> Result<(), StoreError> {
        let jid = group.jid.clone();
        if group.state != GroupState::Joined {
            self.outgoing.sending().room_closed(&jid);
        }
        let is_inside = is_inside(&group.state);
        let is_applicant = matches!(group.state, GroupState::Applied { .. });
        let was_inside = self.groups.inside.contains(&jid);
        let is_kept = is_applicant || group.state == GroupState::Joined || is_inside && was_inside;
        if !is_kept && self.context.store.conversation(self.id, &jid).await?.is_none() {
            // It was not entered yet, or nothing of it is left.
            self.groups.inside.remove(&jid);
            if self.context.store.remove_group(self.id, &jid).await? {
                self.publish(Event::GroupRemoved { jid });
            }
            return Ok(());
        }
        self.context.store.put_group(self.id, &group).await?;
        let is_entered = group.state == GroupState::Joined && self.groups.inside.insert(jid.clone());
        if is_applicant || is_entered {
            let now = self.context.clock.now().wall;
            self.context.store.open_group_conversation(self.id, &jid, now).await?;
        }
        self.publish(Event::GroupChanged { group });
        if !is_inside && !is_applicant {
            self.groups.inside.remove(&jid);
            self.fail_queued(&jid).await?;
        }
        // It has the name of the group.
        self.publish_conversation(&jid).await;
        Ok(())
    }

    /// What waits for a group that this account is not in any more will not be sent.
    async fn fail_queued(&mut self, group: &BareJid) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let page = self.context.store.sending(self.id, after, PAGE).await?;
            if page.last == after {
                return Ok(());
            }
            after = page.last;
            let waiting = page.entries.into_iter().filter(|entry| entry.to == *group);
            for entry in waiting.filter(|entry| matches!(entry.content, SendingContent::Message(_))) {
                let why = FailureWhy::Refused { detail: "not in the group".to_owned() };
                self.unsent(entry.id, None, why).await?;
            }
        }
    }

    /// In the group, and everything that it has of this account is here: what waits may go.
    async fn group_caught_up(&mut self, group: BareJid) -> Result<(), StoreError> {
        self.context.store.archive_read(self.id, Some(&group)).await?;
        if !self.groups.read.contains(&group) {
            let changed = self.context.store.settle_group_history(self.id, &group).await?;
            self.groups.read.insert(group.clone());
            if let Some(conversation) = changed {
                self.publish(Event::ConversationChanged { conversation });
            }
        }
        self.outgoing.sending().room_open(&group);
        if self.groups.lists.try_send(group).is_err() {
            tracing::info!("the lists of a group are not read");
        }
        Ok(())
    }

    /// Without the lists of the group, those who were on them and are not there now stay.
    async fn members_told(
        &mut self,
        group: BareJid,
        mut members: Vec<GroupMember>,
        complete: bool,
    ) -> Result<(), StoreError> {
        if !complete {
            let known = self.context.store.group_members(self.id, &group).await?;
            let absent = known.into_iter().filter(|known| known.role >= GroupRole::Member || known.own);
            let absent = absent.filter(|known| !members.iter().any(|member| is_same(member, known)));
            let absent: Vec<_> = absent.map(|known| GroupMember { present: false, ..known }).collect();
            members.extend(absent);
        }
        forgiving(self.context.store.replace_group_members(self.id, &group, &members).await)?;
        self.publish(Event::GroupMembersChanged { group });
        Ok(())
    }

    async fn member_changed(&mut self, group: BareJid, member: GroupMember) -> Result<(), StoreError> {
        let store = &self.context.store;
        if member.role == GroupRole::Guest && !member.present {
            let known = store.group_members(self.id, &group).await?;
            for gone in known.iter().filter(|known| is_same(known, &member)) {
                store.remove_group_member(self.id, &group, &gone.who).await?;
            }
        } else {
            // Who was on a list by address alone is there by name as well now.
            if let Some(jid) = member.who.jid.clone().filter(|_| member.who.occupant.is_some()) {
                store.remove_group_member(self.id, &group, &Sender::person(jid)).await?;
            }
            forgiving(store.put_group_member(self.id, &group, &member).await)?;
        }
        self.publish(Event::GroupMembersChanged { group });
        Ok(())
    }

    async fn noticed(&mut self, group: &BareJid, notice: &GroupNotice, at: Timestamp) -> Result<(), StoreError> {
        let id = MessageId::random();
        let stored = self.context.store.add_notice(self.id, group, (&id, notice), at).await?;
        self.publish(Event::MessageAdded { message: stored.message });
        self.publish(Event::ConversationChanged { conversation: stored.conversation });
        Ok(())
    }

    async fn group_requested(&mut self, request: GroupRequest, from_contact: bool) -> Result<(), StoreError> {
        if request.kind == GroupRequestKind::Invitation && self.groups.inside.contains(&request.group) {
            // Out of the archive: it was answered.
            return Ok(());
        }
        let known = self.context.store.group_requests(self.id).await?;
        if !from_contact && known.len() >= MAX_STRANGERS_REQUESTS {
            tracing::info!("more requests for groups than are kept");
            return Ok(());
        }
        // Told again at every sign-in, some by two ways at once: nobody hears of it twice.
        let is_it = |other: &&GroupRequest| {
            (&other.group, other.kind, &other.from) == (&request.group, request.kind, &request.from)
        };
        let name = match known.iter().find(is_it) {
            Some(known) if request.name.is_empty() => known.name.clone(),
            _ => request.name.clone(),
        };
        let request = GroupRequest { name, ..request };
        if !self.context.store.put_group_request(self.id, &request).await? {
            return Ok(());
        }
        // Nothing is asked of a stranger's room.
        if from_contact && request.name.is_empty() {
            self.read_group_name(request.clone());
        }
        self.publish(Event::GroupRequested { request });
        Ok(())
    }

    /// What the group calls itself into which somebody invites.
    fn read_group_name(&self, request: GroupRequest) {
        let (session, mailbox) = (self.session.clone(), self.own_mailbox.clone());
        tokio::spawn(async move {
            let Ok(info) = session.group_info(&request.group).await else { return };
            if let (false, Some(mailbox)) = (info.name.is_empty(), mailbox.upgrade()) {
                let request = Box::new(GroupRequest { name: info.name, ..request });
                let _ = mailbox.send(AccountMessage::GroupNamed(request)).await;
            }
        });
    }

    /// The name of a group was read; the request may have been answered meanwhile.
    pub(super) async fn group_named(&mut self, request: GroupRequest) {
        let named = async {
            let known = self.context.store.group_requests(self.id).await?;
            let is_open = known
                .iter()
                .any(|other| (&other.group, other.kind, &other.from) == (&request.group, request.kind, &request.from));
            Ok(is_open && self.context.store.put_group_request(self.id, &request).await?)
        };
        match named.await {
            Ok(true) => self.publish(Event::GroupRequested { request }),
            Ok(false) => {}
            Err(error) => self.store_failed(&error),
        }
    }

    pub(super) async fn settle_group_request(
        &mut self,
        group: BareJid,
        kind: GroupRequestKind,
        from: BareJid,
    ) -> Result<(), StoreError> {
        if self.context.store.remove_group_request(self.id, &group, &from, kind).await? {
            self.publish(Event::GroupRequestSettled { group, from, request: kind });
        }
        Ok(())
    }

    /// A group as the session has just answered, before its events are all read.
    pub(super) async fn group_known(&mut self, group: Group) -> Result<Group, OperationError> {
        let known = self.context.store.group(self.id, &group.jid).await?;
        if known.as_ref() != Some(&group) {
            self.group_changed(group.clone()).await?;
        }
        Ok(group)
    }

    /// Of a group that this account is not in nothing is left with its conversation.
    pub(super) async fn forget_group(&mut self, group: BareJid) -> Result<(), OperationError> {
        if self.groups.inside.contains(&group) {
            return Ok(());
        }
        if self.context.store.remove_group(self.id, &group).await? {
            self.groups.read.remove(&group);
            self.publish(Event::GroupRemoved { jid: group });
        }
        Ok(())
    }

    /// Whether something can be sent into a conversation, now or when its group is there again.
    pub(super) async fn check_may_write(
        &mut self,
        conversation: &BareJid,
        kind: ConversationKind,
    ) -> Result<(), OperationError> {
        if kind == ConversationKind::Direct {
            return Ok(());
        }
        let group = self.context.store.group(self.id, conversation).await?;
        if group.is_some_and(|group| is_inside(&group.state)) {
            return Ok(());
        }
        Err(OperationError::new(ErrorCode::NotAllowed, "this account is not in the group"))
    }
}

fn is_same(one: &GroupMember, other: &GroupMember) -> bool {
    one.who.is(&other.who) || one.who.jid.is_some() && one.who.jid == other.who.jid || one.own && other.own
}

/// A group that was forgotten meanwhile has no members.
fn forgiving(outcome: Result<(), StoreError>) -> Result<(), StoreError> {
    match outcome {
        Err(StoreError::Unknown(_)) => Ok(()),
        other => other,
    }
}

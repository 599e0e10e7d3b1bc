//! Groups: what a person makes of them, and who is in them.

use std::path::PathBuf;

use confab_media::image;
use confab_model::{
    AccountId, BareJid, Event, Group, GroupDraft, GroupMember, GroupRefusal, GroupRequest, GroupRequestKind, GroupRole,
    GroupState, MessageId, Sender,
};
use confab_session::{GroupLink, KnownGroup, Picture, RoomInfo};

use super::{Client, GroupChange};
use crate::{
    ErrorCode, OperationError,
    account::{AccountHandle, AccountMessage, groups::is_inside},
};

/// Characters of a group's name.
const MAX_NAME: usize = 200;
/// Characters of a description, a welcome, an application, a reason.
const MAX_TEXT: usize = 1_000;
/// People that are invited at a time.
const MAX_INVITED: usize = 100;
/// Octets of a picture that is to be made small.
const MAX_PICTURE: usize = 20 * 1024 * 1024;

impl Client {
    /// All groups that are known here, left ones too while their conversation is kept; with `refresh` after the account's
    /// list was read from its server.
    pub async fn groups(&self, account: AccountId, refresh: bool) -> Result<Vec<Group>, OperationError> {
        if refresh {
            return Ok(self.session(account)?.refresh_groups().await?);
        }
        Ok(self.shared.store.groups(account).await?)
    }

    /// What a group is; with `refresh`, or if it is not known here, as it says itself.
    ///
    /// # Errors
    /// `ServerRefused`: there is no such group, or it does not say anything to this account.
    pub async fn group_info(&self, account: AccountId, group: BareJid, refresh: bool) -> Result<Group, OperationError> {
        let known = self.shared.store.group(account, &group).await?;
        if let (Some(known), false) = (&known, refresh) {
            return Ok(known.clone());
        }
        let session = self.session(account)?;
        let info = session.group_info(&group).await?;
        let told = session.groups().await.into_iter().find(|told| told.jid == group);
        Ok(told.or(known).unwrap_or_else(|| described(group, info)))
    }

    /// Everybody of a group as they are known here; with `refresh` after the group was asked for its lists.
    pub async fn group_members(
        &self,
        account: AccountId,
        group: BareJid,
        refresh: bool,
    ) -> Result<Vec<GroupMember>, OperationError> {
        if refresh {
            return Ok(self.session(account)?.group_members(&group, true).await?);
        }
        Ok(self.shared.store.group_members(account, &group).await?)
    }

    /// Invitations, and applications for groups that this account leads, newest first.
    pub async fn group_requests(&self, account: AccountId) -> Result<Vec<GroupRequest>, OperationError> {
        Ok(self.shared.store.group_requests(account).await?)
    }

    /// Makes a group with its first members, who are invited with the welcome text. A picture that the server does not take
    /// leaves the group without one and says so as a warning.
    ///
    /// # Errors
    /// `InvalidArgument`: no name, or beyond a limit; `FileFailed`: the picture cannot be used; `ServerRefused`: the
    /// server has no groups, or lets this account make none.
    pub async fn create_group(&self, account: AccountId, draft: GroupDraft) -> Result<Group, OperationError> {
        let handle = self.handle(account)?;
        let draft = GroupDraft {
            name: named(&draft.name)?,
            description: bounded(draft.description)?,
            welcome: bounded(draft.welcome)?,
            ..draft
        };
        let picture = match &draft.picture {
            Some(path) => Some(load_picture(PathBuf::from(path)).await?),
            None => None,
        };
        let made = handle.session.create_group(&draft, None).await?;
        let group = known(&handle, made).await?;
        if let Some(picture) = picture
            && let Err(error) = handle.session.set_group_picture(&group.jid, Some(&picture)).await
        {
            let event = Event::Warning { code: "groupPicture".to_owned(), detail: error.to_string() };
            self.shared.bus.publish(Some(account), event);
        }
        Ok(group)
    }

    /// Enters a group by its address or its `xmpp:` link; where that says who lets people in and the group is for members,
    /// asks them with `text`. The state of the answer says what came of it: `Joined`, `Applied`, `Refused`.
    ///
    /// # Errors
    /// `InvalidArgument`: neither an address of a group nor a link; `Unreachable`: its server does not answer.
    pub async fn join_group(&self, account: AccountId, address: String, text: String) -> Result<Group, OperationError> {
        let link = GroupLink::read(&address)
            .ok_or_else(|| OperationError::new(ErrorCode::InvalidArgument, "that is no address of a group"))?;
        let text = bounded(text)?;
        let handle = self.handle(account)?;
        let joined = handle.session.join_group(&link.group, None).await?;
        let is_closed = joined.state == GroupState::Refused { why: GroupRefusal::MembersOnly };
        if let (true, Some(to)) = (is_closed, link.owner.clone().filter(|owner| *owner != handle.jid)) {
            handle.session.apply_to_group(&link, &text).await?;
            return known(&handle, Group { state: GroupState::Applied { to }, ..joined }).await;
        }
        if let GroupState::Disconnected { detail } = &joined.state {
            let unreachable = OperationError::new(ErrorCode::Unreachable, "the group cannot be reached");
            let unreachable = unreachable.with_detail(detail);
            // It is not tried for ever: nobody knows whether there is such a group.
            handle.session.leave_group(&link.group).await?;
            return Err(unreachable);
        }
        known(&handle, joined).await
    }

    /// Leaves a group on all devices. The conversation stays until it is deleted.
    pub async fn leave_group(&self, account: AccountId, group: BareJid) -> Result<(), OperationError> {
        Ok(self.session(account)?.leave_group(&group).await?)
    }

    /// Ends a group for everybody; owners only.
    pub async fn dissolve_group(
        &self,
        account: AccountId,
        group: BareJid,
        reason: String,
    ) -> Result<(), OperationError> {
        let reason = bounded(reason)?;
        Ok(self.session(account)?.destroy_group(&group, &reason).await?)
    }

    /// Gives a group another name, description or openness; owners only.
    pub async fn change_group(
        &self,
        account: AccountId,
        group: BareJid,
        change: GroupChange,
    ) -> Result<(), OperationError> {
        let name = change.name.as_deref().map(named).transpose()?;
        let description = change.description.map(bounded).transpose()?;
        let session = self.session(account)?;
        Ok(session.configure_group(&group, name.as_deref(), description.as_deref(), change.public).await?)
    }

    /// Gives a group a picture, made square and small; `None`: takes it away. Owners only, and not on every server.
    pub async fn set_group_picture(
        &self,
        account: AccountId,
        group: BareJid,
        picture: Option<Vec<u8>>,
    ) -> Result<(), OperationError> {
        let session = self.session(account)?;
        let picture = match picture {
            Some(bytes) if bytes.len() > MAX_PICTURE => {
                return Err(OperationError::new(ErrorCode::FileFailed, "the picture is too large"));
            }
            Some(bytes) => Some(made_small(bytes).await?),
            None => None,
        };
        Ok(session.set_group_picture(&group, picture.as_ref()).await?)
    }

    /// [`Client::set_group_picture`] of a file of this device.
    pub async fn set_group_picture_from(
        &self,
        account: AccountId,
        group: BareJid,
        path: Option<PathBuf>,
    ) -> Result<(), OperationError> {
        let session = self.session(account)?;
        let picture = match path {
            Some(path) => Some(load_picture(path).await?),
            None => None,
        };
        Ok(session.set_group_picture(&group, picture.as_ref()).await?)
    }

    /// Invites people; into a group for members as members, if this account may make some. All are tried.
    ///
    /// # Errors
    /// Of the first who could not be invited.
    pub async fn invite_to_group(
        &self,
        account: AccountId,
        group: BareJid,
        people: Vec<BareJid>,
        text: String,
    ) -> Result<(), OperationError> {
        if !(1..=MAX_INVITED).contains(&people.len()) {
            return Err(OperationError::new(ErrorCode::InvalidArgument, format!("1 to {MAX_INVITED} people")));
        }
        let text = bounded(text)?;
        let session = self.session(account)?;
        let mut outcome = Ok(());
        for person in people {
            outcome = outcome.and(session.invite(&group, &person, &text).await);
        }
        Ok(outcome?)
    }

    /// Makes somebody an owner, an admin, a member, or bans them.
    ///
    /// # Errors
    /// `NotAllowed`: the group hides their address.
    pub async fn set_group_role(
        &self,
        account: AccountId,
        group: BareJid,
        member: Sender,
        role: GroupRole,
    ) -> Result<(), OperationError> {
        let hidden = || OperationError::new(ErrorCode::NotAllowed, "the group hides this person's address");
        let of = member.jid.ok_or_else(hidden)?;
        Ok(self.session(account)?.set_group_role(&group, &of, role, "").await?)
    }

    /// Takes somebody out of a group.
    pub async fn remove_from_group(
        &self,
        account: AccountId,
        group: BareJid,
        member: Sender,
        reason: String,
    ) -> Result<(), OperationError> {
        let reason = bounded(reason)?;
        Ok(self.session(account)?.remove_member(&group, &member, &reason).await?)
    }

    /// Has a group take a message of somebody back for everybody (XEP-0425); for those who lead it, where the room can.
    ///
    /// # Errors
    /// `NotAllowed`: not a message of a group, or one that the group has not named; `ServerRefused`: it cannot, or does
    /// not let this account.
    pub async fn moderate_message(
        &self,
        account: AccountId,
        message: MessageId,
        reason: String,
    ) -> Result<(), OperationError> {
        let reason = bounded(reason)?;
        let group = self.message(account, message.clone()).await?.conversation;
        let unnamed = || OperationError::new(ErrorCode::NotAllowed, "no group has this message");
        if self.shared.store.group(account, &group).await?.is_none() {
            return Err(unnamed());
        }
        let of = self.shared.store.group_message(account, &group, &message).await?.ok_or_else(unnamed)?;
        Ok(self.session(account)?.moderate(&group, &of, &reason).await?)
    }

    /// Answers an invitation, or an application for a group that this account leads. `text`: to whom asked.
    pub async fn answer_group_request(
        &self,
        account: AccountId,
        request: GroupRequest,
        accept: bool,
        text: String,
    ) -> Result<(), OperationError> {
        let text = bounded(text)?;
        let handle = self.handle(account)?;
        let GroupRequest { group, kind, from, .. } = request;
        match kind {
            GroupRequestKind::Invitation => {
                let joined = handle.session.answer_invitation(&group, &from, accept, &text).await?;
                if let Some(joined) = joined {
                    let joined = known(&handle, joined).await?;
                    if let GroupState::Disconnected { detail } = joined.state {
                        // The invitation stays, to be tried again.
                        let error = OperationError::new(ErrorCode::Unreachable, "the group cannot be reached");
                        return Err(error.with_detail(detail));
                    }
                }
            }
            GroupRequestKind::Application => {
                handle.session.answer_application(&group, &from, accept, &text).await?;
            }
        }
        handle.ask(|reply| AccountMessage::GroupRequestAnswered { group, kind, from, reply }).await
    }

    /// The link by which others come into a group: of one for members that this account leads, the one by which they ask
    /// it.
    pub async fn group_link(&self, account: AccountId, group: BareJid) -> Result<String, OperationError> {
        let missing = || OperationError::new(ErrorCode::UnknownConversation, "there is no such group");
        let known = self.shared.store.group(account, &group).await?.ok_or_else(missing)?;
        let lets_in = !known.public && known.role >= GroupRole::Admin;
        let owner = if lets_in { Some(self.handle(account)?.jid) } else { None };
        Ok(GroupLink { group, owner }.uri())
    }

    /// What a session is started with.
    pub(super) async fn known_groups(&self, account: AccountId) -> Result<Vec<KnownGroup>, OperationError> {
        let store = &self.shared.store;
        let mut known = Vec::new();
        for group in store.groups(account).await? {
            known.push(KnownGroup {
                archive_id: store.group_archive_position(account, &group.jid).await?,
                joined: is_inside(&group.state),
                applied_to: match group.state {
                    GroupState::Applied { to } => Some(to),
                    _ => None,
                },
                jid: group.jid,
                name: group.name,
                nickname: group.nickname,
            });
        }
        Ok(known)
    }
}

/// Keeps what the session has answered, so that whoever asked finds it in the store.
async fn known(handle: &AccountHandle, group: Group) -> Result<Group, OperationError> {
    let group = Box::new(group);
    handle.ask(|reply| AccountMessage::GroupKnown { group, reply }).await
}

/// A group that this account has nothing to do with, as it describes itself.
fn described(jid: BareJid, info: RoomInfo) -> Group {
    let name = if info.name.is_empty() { jid.to_string() } else { info.name };
    Group {
        jid,
        name,
        description: info.description,
        public: !info.members_only,
        has_archive: info.archive,
        shows_addresses: info.shows_addresses,
        moderation: info.moderation.is_some(),
        nickname: String::new(),
        role: GroupRole::Guest,
        state: GroupState::Left,
        avatar: None,
        member_count: 0,
    }
}

fn named(name: &str) -> Result<String, OperationError> {
    let name = name.trim();
    if !(1..=MAX_NAME).contains(&name.chars().count()) {
        return Err(OperationError::new(ErrorCode::InvalidArgument, format!("a name has 1 to {MAX_NAME} characters")));
    }
    Ok(name.to_owned())
}

fn bounded(text: String) -> Result<String, OperationError> {
    if text.chars().count() > MAX_TEXT {
        return Err(OperationError::new(ErrorCode::InvalidArgument, format!("at most {MAX_TEXT} characters")));
    }
    Ok(text)
}

async fn load_picture(path: PathBuf) -> Result<Picture, OperationError> {
    let load = tokio::task::spawn_blocking(move || image::load(&path));
    let bytes = load.await.map_err(|_| OperationError::gone())?.map_err(unusable)?;
    made_small(bytes).await
}

async fn made_small(bytes: Vec<u8>) -> Result<Picture, OperationError> {
    let made = tokio::task::spawn_blocking(move || image::avatar(&bytes, None));
    let made = made.await.map_err(|_| OperationError::gone())?.map_err(unusable)?;
    Ok(Picture { media_type: made.info.media_type.to_owned(), bytes: made.bytes })
}

fn unusable(error: impl ToString) -> OperationError {
    OperationError::new(ErrorCode::FileFailed, "that picture cannot be used").with_detail(error)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn names_and_texts_are_bounded() {
        assert_eq!(named(" Hikers ").unwrap(), "Hikers");
        for bad in ["", "  ", &"x".repeat(MAX_NAME + 1)] {
            assert_eq!(named(bad).unwrap_err().code, ErrorCode::InvalidArgument);
        }
        assert!(bounded("山".repeat(MAX_TEXT)).is_ok());
        assert_eq!(bounded("山".repeat(MAX_TEXT + 1)).unwrap_err().code, ErrorCode::InvalidArgument);
    }
}

//! What a person does with groups, each operation from its first question to its last answer. Who is in which room is
//! the actor's; this asks and configures.

use std::collections::BTreeMap;

use confab_model::{BareJid, Group, GroupDraft, GroupMember, GroupRequestKind, GroupRole, GroupState, Sender, WireId};
use minidom::Element;

use crate::{
    Picture, RequestError, SendError, SessionHandle,
    handle::{Command, Reply},
    profile::MAX_OWN_PICTURE,
    xep::{
        bookmarks_0402::{self, Bookmark},
        disco_0030::{self, Info},
        group_links::GroupLink,
        invite_0249::{self, Wish},
        moderation_0425, muc_0045, muc_admin, muc_owner, vcard_0054,
    },
};

/// People who are invited with the making of a group; more are invited afterwards.
const MAX_FIRST_MEMBERS: usize = 500;

/// What a handle asks of the actor about groups.
#[derive(Debug)]
pub(crate) enum GroupCommand {
    Enter {
        group: BareJid,
        nickname: Option<String>,
        creates: bool,
        reply: Reply<Result<Group, RequestError>>,
    },
    Leave {
        group: BareJid,
        reply: Reply<Result<(), RequestError>>,
    },
    List(Reply<Vec<Group>>),
    Refresh(Reply<Vec<Group>>),
    /// `made`: the room that was entered to make it is what it is to be.
    Described {
        group: BareJid,
        info: Box<muc_0045::RoomInfo>,
        made: bool,
        reply: Reply<()>,
    },
    Members {
        group: BareJid,
        lists: Option<Vec<(BareJid, GroupRole)>>,
        reply: Reply<Vec<GroupMember>>,
    },
    Bookmark {
        group: BareJid,
        reply: Reply<Option<Bookmark>>,
    },
    Moderation {
        group: BareJid,
        reply: Reply<Option<&'static str>>,
    },
    Send {
        stanza: Box<Element>,
        reply: Reply<Result<(), SendError>>,
    },
    Applied {
        group: BareJid,
        to: BareJid,
        name: String,
    },
    Settle {
        group: BareJid,
        kind: GroupRequestKind,
        from: Option<BareJid>,
        reply: Reply<bool>,
    },
}

/// A group that the app knows from earlier, for [`SessionConfig::groups`](crate::SessionConfig::groups).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownGroup {
    pub jid: BareJid,
    pub name: String,
    /// Empty: the published name of the account.
    pub nickname: String,
    /// As it was last told by [`GroupEvent::ArchiveReached`](crate::GroupEvent::ArchiveReached).
    pub archive_id: Option<String>,
    /// It was not left: it is entered again.
    pub joined: bool,
    /// Who was asked to let this account in, and has not answered.
    pub applied_to: Option<BareJid>,
}

impl SessionHandle {
    async fn group<T>(&self, command: impl FnOnce(Reply<T>) -> GroupCommand) -> Result<T, RequestError> {
        self.ask(|reply| Command::Group(Box::new(command(reply)))).await.ok_or(RequestError::Closed)
    }

    /// Makes a group on the own server's service, with its first members as members and invited with the welcome text,
    /// and enters it. What of it fails undoes the rest; only invitations that cannot be sent do not.
    ///
    /// `Unsupported`: the server has no groups. The picture of the draft is a file of this device: see
    /// [`SessionHandle::set_group_picture`].
    pub async fn create_group(&self, draft: &GroupDraft, nickname: Option<String>) -> Result<Group, RequestError> {
        let service = self.services().await.groups.ok_or(RequestError::Unsupported(muc_0045::NS))?;
        let local = uuid::Uuid::new_v4().simple().to_string();
        let group: BareJid = format!("{local}@{}", service.domain())
            .parse()
            .map_err(|_| RequestError::Unexpected("an address of the group service".to_owned()))?;
        let enter = |reply| GroupCommand::Enter { group: group.clone(), nickname, creates: true, reply };
        let entered = self.group(enter).await??;
        if entered.state != GroupState::Joined {
            self.leave_room_only(&group).await;
            return Err(RequestError::Unexpected("the group was not made".to_owned()));
        }
        if let Err(error) = self.furnish(&group, draft).await {
            let _ = self.iq_set(Some(group.clone().into()), muc_owner::destroy(&group, "")).await;
            self.leave_room_only(&group).await;
            return Err(error);
        }
        self.publish_bookmark(&group).await;
        for member in draft.members.iter().take(MAX_FIRST_MEMBERS) {
            if let Err(error) = self.send_invitation(&group, member, &draft.welcome).await {
                tracing::info!(%error, "an invitation was not sent");
            }
        }
        let groups = self.groups().await;
        groups.into_iter().find(|known| known.jid == group).ok_or(RequestError::Closed)
    }

    /// Makes of a new room what it is to be.
    async fn furnish(&self, group: &BareJid, draft: &GroupDraft) -> Result<(), RequestError> {
        let settings = muc_owner::Settings {
            name: Some(&draft.name),
            description: Some(&draft.description),
            public: Some(draft.public),
            is_new: true,
        };
        self.configure(group, settings).await?;
        for member in draft.members.iter().take(MAX_FIRST_MEMBERS) {
            if !draft.public {
                self.set_group_role(group, member, GroupRole::Member, "").await?;
            }
        }
        self.refresh_group(group, true).await.map(|_| ())
    }

    async fn configure(&self, group: &BareJid, settings: muc_owner::Settings<'_>) -> Result<(), RequestError> {
        let form = self.iq_get(Some(group.clone().into()), muc_owner::form()).await?;
        let filled = form.as_ref().and_then(|form| muc_owner::filled(form, settings));
        let filled = filled.ok_or_else(|| RequestError::Unexpected("no form for the group".to_owned()))?;
        self.iq_set(Some(group.clone().into()), filled).await.map(|_| ())
    }

    async fn leave_room_only(&self, group: &BareJid) {
        let _ = self.group(|reply| GroupCommand::Leave { group: group.clone(), reply }).await;
    }

    /// Other devices enter as well. A server without bookmarks is no reason not to be in the group.
    async fn publish_bookmark(&self, group: &BareJid) {
        let Ok(Some(bookmark)) = self.group(|reply| GroupCommand::Bookmark { group: group.clone(), reply }).await
        else {
            return;
        };
        self.publish_as_bookmark(&bookmark).await;
    }

    async fn publish_as_bookmark(&self, bookmark: &Bookmark) {
        let (id, payload) = (bookmark.group.to_string(), bookmarks_0402::payload(bookmark));
        if let Err(error) = self.publish(bookmarks_0402::NODE, &id, payload, bookmarks_0402::OPTIONS).await {
            tracing::info!(%error, "not bookmarked");
        }
    }

    /// Enters a group and waits until it is in, or is told that it may not: the answer's state says which. It is
    /// entered again in every session from then on, on all devices, until it is left.
    pub async fn join_group(&self, group: &BareJid, nickname: Option<String>) -> Result<Group, RequestError> {
        let enter = |reply| GroupCommand::Enter { group: group.clone(), nickname, creates: false, reply };
        let entered = self.group(enter).await??;
        if entered.state == GroupState::Joined {
            self.publish_bookmark(group).await;
        }
        Ok(entered)
    }

    /// Leaves a group, here and on all devices.
    pub async fn leave_group(&self, group: &BareJid) -> Result<(), RequestError> {
        self.group(|reply| GroupCommand::Leave { group: group.clone(), reply }).await??;
        // Some servers (ejabberd) tell nobody that an item was taken away, though they are asked to: first the other devices
        // hear that they are to leave.
        let bookmark = self.group(|reply| GroupCommand::Bookmark { group: group.clone(), reply }).await?;
        if let Some(bookmark) = bookmark {
            self.publish_as_bookmark(&Bookmark { autojoin: false, ..bookmark }).await;
        }
        // A bookmark that is not there, or cannot be, is as good.
        Self::as_good(self.iq_set(None, bookmarks_0402::retract(group)).await)
    }

    fn as_good(answer: Result<Option<Element>, RequestError>) -> Result<(), RequestError> {
        match answer {
            Ok(_) => Ok(()),
            Err(RequestError::Refused(error)) => {
                tracing::info!(condition = error.condition, "there was nothing to take away");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Ends a group for everybody; owners only. `Dissolved` follows as an event.
    pub async fn destroy_group(&self, group: &BareJid, reason: &str) -> Result<(), RequestError> {
        self.iq_set(Some(group.clone().into()), muc_owner::destroy(group, reason)).await.map(|_| ())
    }

    /// Renames a group or gives it another description or openness; `None`: as it is. Owners only.
    pub async fn configure_group(
        &self,
        group: &BareJid,
        name: Option<&str>,
        description: Option<&str>,
        public: Option<bool>,
    ) -> Result<(), RequestError> {
        let settings = muc_owner::Settings { name, description, public, is_new: false };
        self.configure(group, settings).await?;
        self.refresh_group(group, false).await?;
        if name.is_some() {
            self.publish_bookmark(group).await;
        }
        Ok(())
    }

    /// Gives a group a picture (of at most 128 KiB), or none; owners only, and not on every server.
    pub async fn set_group_picture(&self, group: &BareJid, picture: Option<&Picture>) -> Result<(), RequestError> {
        if picture.is_some_and(|picture| picture.bytes.len() > MAX_OWN_PICTURE) {
            return Err(RequestError::Invalid("a picture of more than 128 KiB".to_owned()));
        }
        let card = vcard_0054::with_picture(picture.map(|picture| (picture.media_type.as_str(), &picture.bytes[..])));
        self.iq_set(Some(group.clone().into()), card).await.map(|_| ())
    }

    /// Invites somebody: as a member where the group is for members and this account may make some, by the room and
    /// directly (each reaches people whom the other does not).
    pub async fn invite(&self, group: &BareJid, to: &BareJid, text: &str) -> Result<(), RequestError> {
        let known = self.groups().await.into_iter().find(|known| known.jid == *group);
        let known = known.filter(|known| known.state == GroupState::Joined).ok_or(RequestError::NotOnline)?;
        if !known.public && known.role >= GroupRole::Admin {
            self.set_group_role(group, to, GroupRole::Member, "").await?;
        }
        self.send_invitation(group, to, text).await
    }

    async fn send_invitation(&self, group: &BareJid, to: &BareJid, text: &str) -> Result<(), RequestError> {
        self.send_stanza(muc_0045::invitation(group, to, text)).await?;
        let wish = Wish::Invitation { group: group.clone(), text: text.to_owned() };
        self.send_stanza(invite_0249::message(to, &wish)).await
    }

    async fn send_stanza(&self, stanza: Element) -> Result<(), RequestError> {
        let stanza = Box::new(stanza);
        self.group(|reply| GroupCommand::Send { stanza, reply }).await?.map_err(Into::into)
    }

    /// Makes somebody a member, admin or owner, bans them, or (`Guest`) takes all that away. Which of it this account
    /// may do depends on its own role (§5.2.1).
    pub async fn set_group_role(
        &self,
        group: &BareJid,
        of: &BareJid,
        role: GroupRole,
        reason: &str,
    ) -> Result<(), RequestError> {
        self.iq_set(Some(group.clone().into()), muc_admin::set_role(of, role, reason)).await.map(|_| ())
    }

    /// Takes somebody out: off the lists, and out of the room.
    pub async fn remove_member(&self, group: &BareJid, who: &Sender, reason: &str) -> Result<(), RequestError> {
        let is_public = self.groups().await.iter().any(|known| known.jid == *group && known.public);
        if let Some(jid) = &who.jid {
            self.set_group_role(group, jid, GroupRole::Guest, reason).await?;
            if !is_public {
                return Ok(());
            }
        }
        if who.nickname.is_empty() {
            return Ok(());
        }
        let kicked = self.iq_set(Some(group.clone().into()), muc_admin::kick(&who.nickname, reason)).await;
        if who.jid.is_some() { Self::as_good(kicked) } else { kicked.map(|_| ()) }
    }

    /// Has the room take a message back (XEP-0425); `of`: the room's id of it. Its own event follows.
    pub async fn moderate(&self, group: &BareJid, of: &WireId, reason: &str) -> Result<(), RequestError> {
        let version = self.group(|reply| GroupCommand::Moderation { group: group.clone(), reply }).await?;
        let version = version.ok_or(RequestError::Unsupported(moderation_0425::VERSIONS[0]))?;
        let request = moderation_0425::request(version, of, reason);
        self.iq_set(Some(group.clone().into()), request).await.map(|_| ())
    }

    /// Everybody of a group as it is known here, or, with `refresh`, after asking the room for its lists (as far as it
    /// tells them to this account).
    pub async fn group_members(&self, group: &BareJid, refresh: bool) -> Result<Vec<GroupMember>, RequestError> {
        let lists = if refresh { self.lists(group).await? } else { None };
        self.group(|reply| GroupCommand::Members { group: group.clone(), lists, reply }).await
    }

    async fn lists(&self, group: &BareJid) -> Result<Option<Vec<(BareJid, GroupRole)>>, RequestError> {
        let mut all = BTreeMap::new();
        let mut is_told = false;
        for role in [GroupRole::Owner, GroupRole::Admin, GroupRole::Member, GroupRole::Banned] {
            match self.iq_get(Some(group.clone().into()), muc_admin::list(role)).await {
                Ok(answer) => {
                    is_told |= role == GroupRole::Member;
                    let list = answer.as_ref().map(muc_admin::read_list).unwrap_or_default();
                    all.extend(list.into_iter().filter(|(_, told)| *told == role));
                }
                Err(RequestError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(is_told.then(|| all.into_iter().collect()))
    }

    /// All groups that are known in this session.
    pub async fn groups(&self) -> Vec<Group> {
        self.group(GroupCommand::List).await.unwrap_or_default()
    }

    /// All groups, after the account's list of them was read from its server (where it keeps one).
    pub async fn refresh_groups(&self) -> Result<Vec<Group>, RequestError> {
        self.group(GroupCommand::Refresh).await
    }

    /// What a room says of itself, whether this account is in it or not.
    pub async fn group_info(&self, group: &BareJid) -> Result<muc_0045::RoomInfo, RequestError> {
        self.refresh_group(group, false).await
    }

    async fn refresh_group(&self, group: &BareJid, made: bool) -> Result<muc_0045::RoomInfo, RequestError> {
        let answer = self.iq_get(Some(group.clone().into()), disco_0030::query(None)).await?;
        let info = answer.as_ref().and_then(Info::read).as_ref().and_then(muc_0045::read_info);
        let info = info.ok_or_else(|| RequestError::Unexpected("not a group".to_owned()))?;
        let told = Box::new(info.clone());
        self.group(|reply| GroupCommand::Described { group: group.clone(), info: told, made, reply }).await?;
        Ok(info)
    }

    /// Answers an invitation. With `accept` it joins the group; else who invited is told, if the room takes that.
    pub async fn answer_invitation(
        &self,
        group: &BareJid,
        from: &BareJid,
        accept: bool,
        reason: &str,
    ) -> Result<Option<Group>, RequestError> {
        if accept {
            // In the room, the invitations into it are settled.
            return self.join_group(group, None).await.map(Some);
        }
        let (kind, settled) = (GroupRequestKind::Invitation, Some(from.clone()));
        let settle = |reply| GroupCommand::Settle { group: group.clone(), kind, from: settled, reply };
        if self.group(settle).await? {
            self.send_stanza(muc_0045::decline(group, from, reason)).await?;
        }
        Ok(None)
    }

    /// Asks to be let into a group: its link names who can. The group is `Applied` until they answer, and is entered by
    /// itself when they let us in.
    pub async fn apply_to_group(&self, link: &GroupLink, text: &str) -> Result<(), RequestError> {
        let owner = link.owner.clone().ok_or(RequestError::Unsupported("applications"))?;
        let wish = Wish::Application { group: link.group.clone(), text: text.to_owned() };
        self.send_stanza(invite_0249::message(&owner, &wish)).await?;
        let applied = GroupCommand::Applied { group: link.group.clone(), to: owner, name: String::new() };
        self.commands.send(Command::Group(Box::new(applied))).await.map_err(|_| RequestError::Closed)
    }

    /// Answers an application: makes a member of who asked and invites them, or tells them that it was declined.
    pub async fn answer_application(
        &self,
        group: &BareJid,
        from: &BareJid,
        approve: bool,
        text: &str,
    ) -> Result<(), RequestError> {
        if approve {
            self.set_group_role(group, from, GroupRole::Member, "").await?;
            self.send_invitation(group, from, text).await?;
        } else {
            let wish = Wish::Declined { group: group.clone(), text: text.to_owned() };
            self.send_stanza(invite_0249::message(from, &wish)).await?;
        }
        let (kind, from) = (GroupRequestKind::Application, Some(from.clone()));
        self.group(|reply| GroupCommand::Settle { group: group.clone(), kind, from, reply }).await.map(|_| ())
    }
}

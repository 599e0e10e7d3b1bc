//! Groups that this account is in: what they are, who is in them, what waits for an answer, and what happened in them.

use confab_model::{
    AccountId, BareJid, Conversation, ConversationKind, Direction, Group, GroupMember, GroupNotice, GroupRequest,
    GroupRequestKind, MessageId, Sender, Timestamp, WireId,
};
use sqlx::SqliteConnection;

use crate::{
    Store, StoreError, codes,
    content::{Content, Details},
    conversations,
    database::jid,
    messages::{self, Stored},
    outbox, people,
    rows::millis,
};

#[derive(Debug)]
struct GroupRow {
    jid: String,
    name: String,
    description: String,
    public: i64,
    has_archive: i64,
    shows_addresses: i64,
    moderation: i64,
    nickname: String,
    role: i64,
    state: String,
    avatar: Option<String>,
    member_count: i64,
}

impl GroupRow {
    fn into_group(self) -> Result<Group, StoreError> {
        Ok(Group {
            jid: jid(&self.jid)?,
            name: self.name,
            description: self.description,
            public: self.public != 0,
            has_archive: self.has_archive != 0,
            shows_addresses: self.shows_addresses != 0,
            moderation: self.moderation != 0,
            nickname: self.nickname,
            role: codes::role_from(self.role)?,
            state: codes::from_json(&self.state)?,
            avatar: self.avatar,
            member_count: u32::try_from(self.member_count).unwrap_or(u32::MAX),
        })
    }
}

impl Store {
    /// All groups by address.
    pub async fn groups(&self, account: AccountId) -> Result<Vec<Group>, StoreError> {
        let rows = sqlx::query_as!(
            GroupRow,
            "SELECT jid, name, description, public, has_archive, shows_addresses, moderation, nickname, role, state,
                avatar, member_count
            FROM groups WHERE account_id = ?1 ORDER BY jid",
            account.0
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(GroupRow::into_group).collect()
    }

    /// One group, if it is kept.
    pub async fn group(&self, account: AccountId, group: &BareJid) -> Result<Option<Group>, StoreError> {
        let address = group.to_string();
        let row = sqlx::query_as!(
            GroupRow,
            "SELECT jid, name, description, public, has_archive, shows_addresses, moderation, nickname, role, state,
                avatar, member_count
            FROM groups WHERE account_id = ?1 AND jid = ?2",
            account.0,
            address
        )
        .fetch_optional(&self.readers)
        .await?;
        row.map(GroupRow::into_group).transpose()
    }

    /// Keeps a group as it is now. Its conversation is made by [`Store::open_group_conversation`].
    pub async fn put_group(&self, account: AccountId, group: &Group) -> Result<(), StoreError> {
        let address = group.jid.to_string();
        let role = codes::role(group.role);
        let state = codes::to_json(&group.state)?;
        sqlx::query!(
            "INSERT INTO groups (account_id, jid, name, description, public, has_archive, shows_addresses, nickname,
                role, state, avatar, member_count, moderation)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            ON CONFLICT (account_id, jid) DO UPDATE SET name = excluded.name, description = excluded.description,
                public = excluded.public, has_archive = excluded.has_archive,
                shows_addresses = excluded.shows_addresses, nickname = excluded.nickname, role = excluded.role,
                state = excluded.state, avatar = excluded.avatar, member_count = excluded.member_count,
                moderation = excluded.moderation",
            account.0,
            address,
            group.name,
            group.description,
            group.public,
            group.has_archive,
            group.shows_addresses,
            group.nickname,
            role,
            state,
            group.avatar,
            group.member_count,
            group.moderation
        )
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Forgets a group and its members; the conversation stays. `true`: it was there.
    pub async fn remove_group(&self, account: AccountId, group: &BareJid) -> Result<bool, StoreError> {
        let address = group.to_string();
        let done = sqlx::query!("DELETE FROM groups WHERE account_id = ?1 AND jid = ?2", account.0, address)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Everything in the group's archive up to this id is in the store (XEP-0313); `None` before the first catch-up.
    pub async fn group_archive_position(
        &self,
        account: AccountId,
        group: &BareJid,
    ) -> Result<Option<String>, StoreError> {
        let address = group.to_string();
        let position = sqlx::query_scalar!(
            "SELECT archive_position FROM groups WHERE account_id = ?1 AND jid = ?2",
            account.0,
            address
        )
        .fetch_optional(&self.readers)
        .await?;
        Ok(position.flatten())
    }

    /// Who is in a group, as last known: owners first, then by name.
    pub async fn group_members(&self, account: AccountId, group: &BareJid) -> Result<Vec<GroupMember>, StoreError> {
        let address = group.to_string();
        let rows = sqlx::query!(
            "SELECT who, role, present, own FROM group_members WHERE account_id = ?1 AND jid = ?2",
            account.0,
            address
        )
        .fetch_all(&self.readers)
        .await?;
        let mut members = rows
            .into_iter()
            .map(|row| {
                Ok(GroupMember {
                    who: codes::from_json(&row.who)?,
                    role: codes::role_from(row.role)?,
                    present: row.present != 0,
                    own: row.own != 0,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        members.sort_by(|one, other| (other.role, &one.who).cmp(&(one.role, &other.who)));
        Ok(members)
    }

    /// The whole list of members.
    ///
    /// # Errors
    /// `Unknown` if the group is not kept.
    pub async fn replace_group_members(
        &self,
        account: AccountId,
        group: &BareJid,
        members: &[GroupMember],
    ) -> Result<(), StoreError> {
        let address = group.to_string();
        let mut tx = self.write().await?;
        sqlx::query!("DELETE FROM group_members WHERE account_id = ?1 AND jid = ?2", account.0, address)
            .execute(&mut *tx)
            .await?;
        for member in members {
            put_member(&mut tx, account, &address, member).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// One member is new or changed.
    ///
    /// # Errors
    /// `Unknown` if the group is not kept.
    pub async fn put_group_member(
        &self,
        account: AccountId,
        group: &BareJid,
        member: &GroupMember,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        put_member(&mut tx, account, &group.to_string(), member).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Somebody is no member any more. `true`: it was one.
    pub async fn remove_group_member(
        &self,
        account: AccountId,
        group: &BareJid,
        who: &Sender,
    ) -> Result<bool, StoreError> {
        let (address, person) = (group.to_string(), people::key(who));
        let done = sqlx::query!(
            "DELETE FROM group_members WHERE account_id = ?1 AND jid = ?2 AND person = ?3",
            account.0,
            address,
            person
        )
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Invitations and applications that wait for an answer, newest first.
    pub async fn group_requests(&self, account: AccountId) -> Result<Vec<GroupRequest>, StoreError> {
        let rows = sqlx::query!(
            "SELECT jid, kind, person, name, text, received_ms FROM group_requests WHERE account_id = ?1",
            account.0
        )
        .fetch_all(&self.readers)
        .await?;
        let mut requests = rows
            .into_iter()
            .map(|row| {
                Ok(GroupRequest {
                    group: jid(&row.jid)?,
                    kind: codes::request_kind_from(row.kind)?,
                    from: jid(&row.person)?,
                    name: row.name,
                    text: row.text,
                    received_at: Timestamp(row.received_ms),
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        requests.sort_by_key(|request| std::cmp::Reverse(request.received_at));
        Ok(requests)
    }

    /// Keeps a request until it is answered. `false`: it said the same before.
    pub async fn put_group_request(&self, account: AccountId, request: &GroupRequest) -> Result<bool, StoreError> {
        let (address, person) = (request.group.to_string(), request.from.to_string());
        let kind = codes::request_kind(request.kind);
        let done = sqlx::query!(
            "INSERT INTO group_requests (account_id, jid, kind, person, name, text, received_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (account_id, jid, kind, person) DO UPDATE SET name = excluded.name, text = excluded.text
                WHERE (name, text) <> (excluded.name, excluded.text)",
            account.0,
            address,
            kind,
            person,
            request.name,
            request.text,
            request.received_at.0
        )
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// The request was answered or withdrawn. `true`: it was there.
    pub async fn remove_group_request(
        &self,
        account: AccountId,
        group: &BareJid,
        from: &BareJid,
        kind: GroupRequestKind,
    ) -> Result<bool, StoreError> {
        let (address, person) = (group.to_string(), from.to_string());
        let kind = codes::request_kind(kind);
        let done = sqlx::query!(
            "DELETE FROM group_requests WHERE account_id = ?1 AND jid = ?2 AND kind = ?3 AND person = ?4",
            account.0,
            address,
            kind,
            person
        )
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// What the room of a group calls a message of it. `None`: there is no such message, or the room has not named it.
    pub async fn group_message(
        &self,
        account: AccountId,
        group: &BareJid,
        message: &MessageId,
    ) -> Result<Option<WireId>, StoreError> {
        let mut tx = self.readers.begin().await?;
        let Some(id) = conversations::find(&mut tx, account, group).await? else { return Ok(None) };
        match outbox::reply_reference(&mut tx, account, (group, id), message).await {
            Ok(reference) => Ok(Some(reference.to).filter(|id| !id.0.is_empty())),
            Err(StoreError::Unknown(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The archive of a group has been read up to now for the first time, or after a gap: what it had after the place up
    /// to which the group was displayed on any device becomes unread. The conversation, if it changed.
    pub async fn settle_group_history(
        &self,
        account: AccountId,
        group: &BareJid,
    ) -> Result<Option<Conversation>, StoreError> {
        let mut tx = self.write().await?;
        let Some(id) = conversations::find(&mut tx, account, group).await? else { return Ok(None) };
        let unread = sqlx::query!(
            "UPDATE messages SET delivery = 3 WHERE conversation_id = ?1 AND direction = 0 AND kind NOT IN (1, 6, 7)
                AND delivery = 4 AND EXISTS (SELECT 1 FROM conversations v WHERE v.id = ?1 AND v.own_read_ms >= 0
                    AND (messages.sent_ms, messages.id) > (v.own_read_ms, v.own_read_id))",
            id
        )
        .execute(&mut *tx)
        .await?;
        if unread.rows_affected() == 0 {
            return Ok(None);
        }
        conversations::add_unread(&mut tx, id, i64::try_from(unread.rows_affected()).unwrap_or(i64::MAX)).await?;
        let conversation = conversations::load(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Some(conversation))
    }

    /// Something happened in a group: a line between its messages, which is never unread. `id`: of the line; one that is
    /// here already comes back unchanged.
    pub async fn add_notice(
        &self,
        account: AccountId,
        group: &BareJid,
        (id, notice): (&MessageId, &GroupNotice),
        at: Timestamp,
    ) -> Result<Stored, StoreError> {
        let sent_ms = millis(at);
        let mut tx = self.write().await?;
        if let Some(row) = messages::row(&mut tx, account, &id.0).await? {
            return messages::stored(&mut tx, row).await;
        }
        let conversation = conversations::ensure(&mut tx, account, (group, ConversationKind::Group), sent_ms).await?;
        let content = Content {
            kind: codes::KIND_NOTICE,
            body: String::new(),
            encryption: None,
            reply_to: None,
            details: Details { notice: Some(notice.clone()), ..Details::default() },
            file: None,
        };
        let room = Sender::person(group.clone());
        let new = messages::New {
            uid: &id.0,
            stanza_id: None,
            origin_id: None,
            archive_id: None,
            sender: &room,
            direction: Direction::Incoming,
            sent_ms,
            sent_by_server: false,
            ahead: false,
            delivery: codes::READ,
        };
        let row = messages::insert(&mut tx, account, conversation, &new, &content).await?;
        conversations::refresh_last(&mut tx, conversation).await?;
        let stored = messages::stored(&mut tx, row).await?;
        tx.commit().await?;
        Ok(stored)
    }
}

/// The groups of `addresses`, a list in JSON, by address.
pub(crate) async fn among(
    connection: &mut SqliteConnection,
    account: AccountId,
    addresses: &str,
) -> Result<Vec<Group>, StoreError> {
    let rows = sqlx::query_as!(
        GroupRow,
        "SELECT jid, name, description, public, has_archive, shows_addresses, moderation, nickname, role, state,
            avatar, member_count
        FROM groups WHERE account_id = ?1 AND jid IN (SELECT value FROM json_each(?2)) ORDER BY jid",
        account.0,
        addresses
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(GroupRow::into_group).collect()
}

async fn put_member(
    connection: &mut SqliteConnection,
    account: AccountId,
    group: &str,
    member: &GroupMember,
) -> Result<(), StoreError> {
    let (person, who) = (people::key(&member.who), codes::to_json(&member.who)?);
    let role = codes::role(member.role);
    let done = sqlx::query!(
        "INSERT INTO group_members (account_id, jid, person, who, role, present, own)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (account_id, jid, person) DO UPDATE SET who = excluded.who, role = excluded.role,
            present = excluded.present, own = excluded.own",
        account.0,
        group,
        person,
        who,
        role,
        member.present,
        member.own
    )
    .execute(connection)
    .await;
    match done {
        Err(sqlx::Error::Database(error)) if error.is_foreign_key_violation() => Err(StoreError::Unknown("group")),
        other => Ok(other.map(|_| ())?),
    }
}

/// Does nothing if the group is not kept (any more).
pub(crate) async fn set_archive_position(
    connection: &mut SqliteConnection,
    account: AccountId,
    group: &BareJid,
    position: &str,
) -> Result<(), StoreError> {
    let address = group.to_string();
    sqlx::query!(
        "UPDATE groups SET archive_position = ?3 WHERE account_id = ?1 AND jid = ?2",
        account.0,
        address,
        position
    )
    .execute(connection)
    .await?;
    Ok(())
}

//! From rows to the model's messages and calls. The column lists stand here once.

use confab_model::{
    BareJid, CallId, CallRecord, DeliveryState, Direction, Message, MessageContent, MessageId, MessagePreview, Quote,
    Reaction, Sender, Timestamp,
};

use crate::{
    StoreError, codes,
    content::{self, Details, KeptFile},
    database::jid,
    people,
};

/// The latest time that a message may bear: 2109. Keeps `search_id` far from the end of the numbers.
const MAX_MS: i64 = 1 << 42;

/// A time of a peer or server, brought into the range that the store keeps.
pub(crate) fn millis(time: Timestamp) -> i64 {
    time.0.clamp(0, MAX_MS)
}

/// A message with its conversation, its file, what it answers, reactions and, for calls, the record.
#[derive(Debug, Default)]
pub(crate) struct MessageRow {
    pub uid: String,
    pub conversation: String,
    pub sender: String,
    pub nickname: String,
    pub occupant: Option<String>,
    pub direction: i64,
    pub kind: i64,
    pub body: String,
    pub encryption: Option<String>,
    pub sent_ms: i64,
    pub delivery: i64,
    pub failure: Option<String>,
    pub edited_ms: Option<i64>,
    pub reply_to: Option<String>,
    pub details: Option<String>,
    pub mentions_me: i64,
    pub file_name: Option<String>,
    pub file_type: Option<String>,
    pub file_size: Option<i64>,
    pub file_details: Option<String>,
    pub file_thumbnail: Option<String>,
    pub file_transfer: Option<i64>,
    pub file_failure: Option<String>,
    pub quoted: Option<String>,
    pub quoted_sender: Option<String>,
    pub quoted_nickname: Option<String>,
    pub quoted_occupant: Option<String>,
    pub quoted_body: Option<String>,
    /// JSON array of `[Sender, own, [[emoji, since]]]`.
    pub reactions: Option<String>,
    pub call: Option<String>,
    pub call_direction: Option<i64>,
    pub call_media: Option<i64>,
    pub call_started_ms: Option<i64>,
    pub call_answered_ms: Option<i64>,
    pub call_ended_ms: Option<i64>,
    pub call_reason: Option<String>,
    pub call_answered_by: Option<String>,
    pub call_timings: Option<String>,
    pub call_people: Option<String>,
}

/// `query_as!` for [`MessageRow`]; `$rest` follows the joins of `m` (messages), `v` (conversations), `c` (calls), `a`
/// (its file), `q` (the message that it answers).
macro_rules! message_rows {
    ($rest:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            $crate::rows::MessageRow,
            r#"SELECT m.uid AS "uid!: String", v.jid AS "conversation!: String",
                m.sender AS "sender!: String", m.nickname AS "nickname!: String", m.occupant AS "occupant?: String",
                m.direction AS "direction!: i64", m.kind AS "kind!: i64",
                m.body AS "body!: String", m.encryption AS "encryption?: String", m.sent_ms AS "sent_ms!: i64",
                m.delivery AS "delivery!: i64", m.failure AS "failure?: String",
                m.edited_ms AS "edited_ms?: i64", m.reply_to AS "reply_to?: String", m.details AS "details?: String",
                m.mentions_me AS "mentions_me!: i64",
                a.name AS "file_name?: String", a.media_type AS "file_type?: String",
                a.size_bytes AS "file_size?: i64", a.details AS "file_details?: String",
                a.thumbnail AS "file_thumbnail?: String", a.transfer AS "file_transfer?: i64",
                a.failure AS "file_failure?: String",
                q.uid AS "quoted?: String", q.sender AS "quoted_sender?: String",
                q.nickname AS "quoted_nickname?: String", q.occupant AS "quoted_occupant?: String",
                substr(q.body, 1, 500) AS "quoted_body?: String",
                (SELECT json_group_array(json_array(json(r.who), r.own, json(r.emojis)))
                    FROM reactions r WHERE r.message_id = m.id) AS "reactions?: String",
                c.uid AS "call?: String", c.direction AS "call_direction?: i64", c.media AS "call_media?: i64",
                c.started_ms AS "call_started_ms?: i64", c.answered_ms AS "call_answered_ms?: i64",
                c.ended_ms AS "call_ended_ms?: i64", c.reason AS "call_reason?: String",
                c.answered_by AS "call_answered_by?: String", c.timings AS "call_timings?: String",
                (SELECT json_group_array(json_array(p.jid, p.state) ORDER BY p.position)
                    FROM call_participants p WHERE p.call_id = c.id) AS "call_people?: String"
            FROM messages m JOIN conversations v ON v.id = m.conversation_id LEFT JOIN calls c ON c.id = m.call_id
            LEFT JOIN attachments a ON a.message_id = m.id AND a.position = 0
            LEFT JOIN messages q ON m.reply_to IS NOT NULL AND q.id = CASE v.kind
                WHEN 1 THEN (SELECT x.id FROM messages x
                    WHERE x.conversation_id = m.conversation_id AND x.archive_id = m.reply_to)
                ELSE coalesce(
                    (SELECT x.id FROM messages x
                        WHERE x.conversation_id = m.conversation_id AND x.stanza_id = m.reply_to LIMIT 1),
                    (SELECT x.id FROM messages x
                        WHERE x.conversation_id = m.conversation_id AND x.origin_id = m.reply_to LIMIT 1)) END "#
            + $rest,
            $($argument),+
        )
    };
}
pub(crate) use message_rows;

impl MessageRow {
    /// What can be found of it.
    pub(crate) fn searchable(&self) -> Result<String, StoreError> {
        let details = Details::read(self.details.as_deref())?;
        Ok(content::searchable(&self.body, self.file_name.as_deref(), details.address()))
    }

    pub(crate) fn into_message(mut self) -> Result<Message, StoreError> {
        let conversation: BareJid = jid(&self.conversation)?;
        let details = Details::read(self.details.as_deref())?;
        let reply_to = self.quote(&details)?;
        let reactions = self.reactions.take().map(|json| read_reactions(&json)).transpose()?.unwrap_or_default();
        let edited_at = self.edited_ms.map(Timestamp);
        let mentions_me = self.mentions_me != 0;
        let preview = self.into_preview()?;
        Ok(Message {
            id: preview.id,
            conversation,
            sender: preview.sender,
            direction: preview.direction,
            content: preview.content,
            sent_at: preview.sent_at,
            delivery: preview.delivery,
            edited_at,
            reply_to,
            forwarded: details.forwarded,
            reactions,
            mentions: details.mentions,
            mentions_me,
            extension: details.extension,
            config: details.config,
            push_text: details.push_text,
        })
    }

    /// What it answers: the message itself if it is here, else what the answer tells of it.
    fn quote(&mut self, details: &Details) -> Result<Option<Quote>, StoreError> {
        if self.reply_to.is_none() {
            return Ok(None);
        }
        let (Some(uid), Some(address)) = (self.quoted.take(), self.quoted_sender.take()) else {
            return Ok(Some(Quote { id: None, sender: None, excerpt: content::excerpt(&details.reply_quote) }));
        };
        let nickname = self.quoted_nickname.take().unwrap_or_default();
        let sender = people::sender(&address, nickname, self.quoted_occupant.take())?;
        let excerpt = content::excerpt(self.quoted_body.as_deref().unwrap_or_default());
        Ok(Some(Quote { id: Some(MessageId(uid)), sender: Some(sender), excerpt }))
    }

    pub(crate) fn into_preview(self) -> Result<MessagePreview, StoreError> {
        let sender = people::sender(&self.sender, self.nickname, self.occupant)?;
        let direction: Direction = codes::direction_from(self.direction)?;
        let delivery: DeliveryState = codes::delivery_from(self.delivery, self.failure.as_deref())?;
        let content = match self.kind {
            codes::KIND_FILE => {
                let file = KeptFile {
                    name: required(self.file_name, "file")?,
                    media_type: required(self.file_type, "type of file")?,
                    size: self.file_size,
                    thumbnail: self.file_thumbnail,
                    details: codes::from_json(&required(self.file_details, "details of the file")?)?,
                };
                let code = required(self.file_transfer, "state of the file")?;
                let transfer = content::transfer(code, self.file_failure.as_deref(), &delivery)?;
                MessageContent::File { file: Box::new(file.into_attachment(transfer)), caption: self.body }
            }
            codes::KIND_LOCATION => {
                let location = Details::read(self.details.as_deref())?.location;
                MessageContent::Location { location: required(location, "place")? }
            }
            codes::KIND_NOTICE => {
                let notice = Details::read(self.details.as_deref())?.notice;
                MessageContent::Notice { notice: required(notice, "notice")? }
            }
            codes::KIND_CALL => {
                let record = CallRow {
                    uid: required(self.call, "call")?,
                    direction: required(self.call_direction, "call direction")?,
                    media: required(self.call_media, "call media")?,
                    started_ms: required(self.call_started_ms, "call start")?,
                    answered_ms: self.call_answered_ms,
                    ended_ms: self.call_ended_ms,
                    reason: self.call_reason,
                    answered_by: self.call_answered_by,
                    timings: required(self.call_timings, "call timings")?,
                    people: self.call_people.unwrap_or_else(|| "[]".to_owned()),
                    row: 0,
                }
                .into_record()?;
                MessageContent::Call { call: record.id.clone(), record: Box::new(record) }
            }
            other => content::simple(other, self.body, self.encryption)
                .ok_or_else(|| StoreError::Damaged { detail: format!("unknown kind of message {other}") })?,
        };
        Ok(MessagePreview {
            id: MessageId(self.uid),
            sender,
            direction,
            content,
            sent_at: Timestamp(self.sent_ms),
            delivery,
        })
    }
}

/// A person, whether it is this account, and their emojis with the time of first use.
type Reacting = (Sender, i64, Vec<(String, i64)>);

/// By emoji, in the order of their first use; people in the order of reacting.
fn read_reactions(json: &str) -> Result<Vec<Reaction>, StoreError> {
    let people: Vec<Reacting> = codes::from_json(json)?;
    let mut uses: Vec<(i64, String, Sender, bool)> = Vec::new();
    for (who, own, emojis) in people {
        uses.extend(emojis.into_iter().map(|(emoji, since)| (since, emoji, who.clone(), own != 0)));
    }
    uses.sort_by_key(|(since, ..)| *since);
    let mut reactions: Vec<Reaction> = Vec::new();
    for (_, emoji, who, is_own) in uses {
        match reactions.iter_mut().find(|reaction| reaction.emoji == emoji) {
            Some(reaction) => {
                reaction.by.push(who);
                reaction.own |= is_own;
            }
            None => reactions.push(Reaction { emoji, by: vec![who], own: is_own }),
        }
    }
    Ok(reactions)
}

/// A call with its people.
#[derive(Debug)]
pub(crate) struct CallRow {
    pub row: i64,
    pub uid: String,
    pub direction: i64,
    pub media: i64,
    pub started_ms: i64,
    pub answered_ms: Option<i64>,
    pub ended_ms: Option<i64>,
    pub reason: Option<String>,
    pub answered_by: Option<String>,
    pub timings: String,
    /// JSON array of `[jid, state]`.
    pub people: String,
}

/// `query_as!` for [`CallRow`]; `$rest` follows `FROM calls c`.
macro_rules! call_rows {
    ($rest:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            $crate::rows::CallRow,
            r#"SELECT c.id AS "row!: i64", c.uid AS "uid!: String", c.direction AS "direction!: i64",
                c.media AS "media!: i64", c.started_ms AS "started_ms!: i64", c.answered_ms AS "answered_ms?: i64",
                c.ended_ms AS "ended_ms?: i64", c.reason AS "reason?: String", c.answered_by AS "answered_by?: String",
                c.timings AS "timings!: String",
                (SELECT json_group_array(json_array(p.jid, p.state) ORDER BY p.position)
                    FROM call_participants p WHERE p.call_id = c.id) AS "people!: String"
            FROM calls c "#
            + $rest,
            $($argument),+
        )
    };
}
pub(crate) use call_rows;

impl CallRow {
    pub(crate) fn into_record(self) -> Result<CallRecord, StoreError> {
        Ok(CallRecord {
            id: CallId(self.uid),
            direction: codes::call_direction_from(self.direction)?,
            media: codes::call_media_from(self.media)?,
            people: codes::from_json(&self.people)?,
            started_at: Timestamp(self.started_ms),
            answered_at: self.answered_ms.map(Timestamp),
            ended_at: self.ended_ms.map(Timestamp),
            reason: self.reason.as_deref().map(codes::from_json).transpose()?,
            answered_by: self.answered_by,
            timings: codes::from_json(&self.timings)?,
        })
    }
}

fn required<T>(value: Option<T>, what: &str) -> Result<T, StoreError> {
    value.ok_or_else(|| StoreError::Damaged { detail: format!("a message without its {what}") })
}

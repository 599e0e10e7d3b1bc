//! From rows to the model's messages and calls. The column lists stand here once.

use confab_model::{
    BareJid, CallId, CallRecord, DeliveryState, Direction, Message, MessageContent, MessageId, MessagePreview, Sender,
    Timestamp,
};

use crate::{StoreError, codes, database::jid};

/// The latest time that a message may bear: 2109. Keeps `search_id` far from the end of the numbers.
const MAX_MS: i64 = 1 << 42;

/// A time of a peer or server, brought into the range that the store keeps.
pub(crate) fn millis(time: Timestamp) -> i64 {
    time.0.clamp(0, MAX_MS)
}

/// A message with its conversation and, for calls, the record.
#[derive(Debug)]
pub(crate) struct MessageRow {
    pub uid: String,
    pub conversation: String,
    pub sender: String,
    pub direction: i64,
    pub kind: i64,
    pub body: String,
    pub encryption: Option<String>,
    pub sent_ms: i64,
    pub delivery: i64,
    pub failure: Option<String>,
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

/// `query_as!` for [`MessageRow`]; `$rest` follows the joins of `m` (messages), `v` (conversations), `c` (calls).
macro_rules! message_rows {
    ($rest:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            $crate::rows::MessageRow,
            r#"SELECT m.uid AS "uid!: String", v.jid AS "conversation!: String",
                m.sender AS "sender!: String", m.direction AS "direction!: i64", m.kind AS "kind!: i64",
                m.body AS "body!: String", m.encryption AS "encryption?: String", m.sent_ms AS "sent_ms!: i64",
                m.delivery AS "delivery!: i64", m.failure AS "failure?: String",
                c.uid AS "call?: String", c.direction AS "call_direction?: i64", c.media AS "call_media?: i64",
                c.started_ms AS "call_started_ms?: i64", c.answered_ms AS "call_answered_ms?: i64",
                c.ended_ms AS "call_ended_ms?: i64", c.reason AS "call_reason?: String",
                c.answered_by AS "call_answered_by?: String", c.timings AS "call_timings?: String",
                (SELECT json_group_array(json_array(p.jid, p.state) ORDER BY p.position)
                    FROM call_participants p WHERE p.call_id = c.id) AS "call_people?: String"
            FROM messages m JOIN conversations v ON v.id = m.conversation_id LEFT JOIN calls c ON c.id = m.call_id "#
            + $rest,
            $($argument),+
        )
    };
}
pub(crate) use message_rows;

impl MessageRow {
    pub(crate) fn into_message(self) -> Result<Message, StoreError> {
        let conversation: BareJid = jid(&self.conversation)?;
        let preview = self.into_preview()?;
        Ok(Message {
            id: preview.id,
            conversation,
            sender: preview.sender,
            direction: preview.direction,
            content: preview.content,
            sent_at: preview.sent_at,
            delivery: preview.delivery,
            edited_at: None,
            reply_to: None,
            forwarded: None,
            reactions: Vec::new(),
            mentions: Vec::new(),
            mentions_me: false,
            extension: None,
            config: None,
        })
    }

    pub(crate) fn into_preview(self) -> Result<MessagePreview, StoreError> {
        let sender = Sender::person(jid(&self.sender)?);
        let direction: Direction = codes::direction_from(self.direction)?;
        let delivery: DeliveryState = codes::delivery_from(self.delivery, self.failure.as_deref())?;
        let content = match self.kind {
            codes::KIND_TEXT => MessageContent::Text { text: self.body },
            codes::KIND_ENCRYPTED => MessageContent::Encrypted { method: self.encryption.unwrap_or_default() },
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
            other => return Err(StoreError::Damaged { detail: format!("unknown kind of message {other}") }),
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

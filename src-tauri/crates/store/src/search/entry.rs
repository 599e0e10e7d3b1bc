//! What stands in the index for one message: its text, and tokens for what else can be asked of it. Texts between two
//! people, which are most of all messages, have neither kind nor person: there the comparison is quick enough.

use confab_model::{ConversationKind, Sender};

use super::{LONGEST_INDEXED, SearchKind, text};
use crate::{
    StoreError, codes,
    content::{self, Content, Details, FileDetails, KeptFile},
    people,
};

/// What can be found of a message.
#[derive(Debug)]
pub(crate) struct Found {
    text: String,
    kind: Option<SearchKind>,
    /// Tokens of the sender, in groups.
    person: Option<String>,
}

impl Found {
    pub(crate) fn of(content: &Content, sender: &Sender, conversation: ConversationKind) -> Self {
        Self {
            text: content.searchable(),
            kind: kind(content.kind, content.file.as_ref()),
            person: (conversation == ConversationKind::Group).then(|| person_tokens(sender).join(" ")),
        }
    }

    /// The index entry; `None` if there is nothing to find.
    pub(super) fn tokens(&self, conversation: i64) -> Option<String> {
        let end = self.text.char_indices().nth(LONGEST_INDEXED).map_or(self.text.len(), |(at, _)| at);
        let words = text::index_tokens(self.text.get(..end)?);
        let kind = self.kind.filter(|kind| *kind != SearchKind::Text).map(kind_token);
        if words.is_none() && kind.is_none() {
            return None;
        }
        let tokens = [Some(text::conversation_token(conversation)), kind, self.person.clone(), words];
        Some(tokens.into_iter().flatten().collect::<Vec<_>>().join(" "))
    }
}

/// What the index needs of a message that is here.
#[derive(Debug)]
pub(super) struct FoundRow {
    pub search_id: Option<i64>,
    pub conversation_id: i64,
    pub conversation_kind: i64,
    pub sent_ms: i64,
    pub sender: String,
    pub nickname: String,
    pub occupant: Option<String>,
    pub kind: i64,
    pub body: String,
    pub details: Option<String>,
    pub file_name: Option<String>,
    pub file_type: Option<String>,
    pub file_details: Option<String>,
}

/// `query_as!` for [`FoundRow`]; `$rest` follows the joins of `m` (messages).
macro_rules! found_rows {
    ($rest:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            FoundRow,
            r#"SELECT m.search_id AS "search_id?: i64", m.conversation_id AS "conversation_id!: i64",
                v.kind AS "conversation_kind!: i64", m.sent_ms AS "sent_ms!: i64", m.sender AS "sender!: String",
                m.nickname AS "nickname!: String", m.occupant AS "occupant?: String", m.kind AS "kind!: i64",
                m.body AS "body!: String", m.details AS "details?: String", a.name AS "file_name?: String",
                a.media_type AS "file_type?: String", a.details AS "file_details?: String"
            FROM messages m JOIN conversations v ON v.id = m.conversation_id
            LEFT JOIN attachments a ON a.message_id = m.id AND a.position = 0 "#
            + $rest,
            $($argument),+
        )
    };
}
pub(super) use found_rows;

impl FoundRow {
    pub(super) fn into_found(self) -> Result<Found, StoreError> {
        let details = Details::read(self.details.as_deref())?;
        let sender = people::sender(&self.sender, self.nickname, self.occupant)?;
        Ok(Found {
            text: content::searchable(&self.body, self.file_name.as_deref(), details.address()),
            kind: kind_of(self.kind, self.file_type.as_deref(), self.file_details.as_deref())?,
            person: (self.conversation_kind == 1).then(|| person_tokens(&sender).join(" ")),
        })
    }
}

/// What a message is, by its columns; `None` for what is no message that somebody wrote.
pub(super) fn kind_of(
    code: i64,
    file_type: Option<&str>,
    file_details: Option<&str>,
) -> Result<Option<SearchKind>, StoreError> {
    let file = match (file_type, file_details) {
        (Some(media_type), Some(details)) => Some(KeptFile {
            name: String::new(),
            media_type: media_type.to_owned(),
            size: None,
            thumbnail: None,
            details: codes::from_json::<FileDetails>(details)?,
        }),
        _ => None,
    };
    Ok(kind(code, file.as_ref()))
}

fn kind(code: i64, file: Option<&KeptFile>) -> Option<SearchKind> {
    match code {
        codes::KIND_TEXT => Some(SearchKind::Text),
        codes::KIND_LOCATION => Some(SearchKind::Location),
        codes::KIND_CUSTOM => Some(SearchKind::Custom),
        codes::KIND_FILE => Some(match file.map(KeptFile::shown_as) {
            Some(content::ShownAs::Voice) => SearchKind::Voice,
            Some(content::ShownAs::Image) => SearchKind::Image,
            Some(content::ShownAs::Video) => SearchKind::Video,
            Some(content::ShownAs::Audio) => SearchKind::Audio,
            Some(content::ShownAs::File) | None => SearchKind::File,
        }),
        _ => None,
    }
}

/// No word begins with an accent: folding takes it away.
pub(super) fn kind_token(kind: SearchKind) -> String {
    let number = match kind {
        SearchKind::Text => 0,
        SearchKind::Image => 1,
        SearchKind::Video => 2,
        SearchKind::Voice => 3,
        SearchKind::Audio => 4,
        SearchKind::File => 5,
        SearchKind::Location => 6,
        SearchKind::Custom => 7,
    };
    format!("\u{ea}{number}")
}

/// Everything by which a person may be asked for: occupant id and address, or the name where a room tells neither.
/// FNV-1a of the key: two people of one token only cost a comparison.
pub(super) fn person_tokens(who: &Sender) -> Vec<String> {
    let by_address = who.jid.as_ref().filter(|_| who.occupant.is_some()).map(|jid| Sender::person(jid.clone()));
    let keys = [Some(people::key(who)), by_address.as_ref().map(people::key)];
    let token = |key: String| {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for octet in key.bytes() {
            hash = (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3);
        }
        format!("\u{e8}{hash:016x}")
    };
    keys.into_iter().flatten().map(token).collect()
}

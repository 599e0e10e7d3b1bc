//! From the testkit's people and lines to what the store takes in.

use confab_model::{
    AccountId, BareJid, Change, Composed, Contact, ConversationKind, Direction, Group, GroupMember, GroupRole,
    GroupState, Location, MessageBody, MessageId, Pii, PresenceShow, ReplyReference, Sender, SharedFile, Subscription,
    Timestamp, WireId,
};
use confab_store::{Arrived, ReceivedAmendment, ReceivedMessage, ShownFile, Store};
use confab_testkit::history::{Amendment, Chat, Circle, Does, History, Line, Person, Says, Thing};

use super::Outcome;

/// Whose history it is.
pub(crate) const ME: &str = "me@example.org";
const NICKNAME: &str = "me";

/// Everybody who plays a part.
#[derive(Debug)]
pub(crate) struct Cast {
    me: BareJid,
    people: Vec<Person>,
    chats: Vec<Chat>,
}

/// The stanza id, origin id and name of a message here.
pub(crate) fn stanza(number: u64) -> String {
    format!("m-{number}")
}

/// The id that its archive gives it.
fn archive(number: u64) -> String {
    format!("{number:016}")
}

impl Cast {
    pub(crate) fn of(history: &History) -> Outcome<Self> {
        Ok(Self { me: ME.parse()?, people: history.people().to_vec(), chats: history.chats().to_vec() })
    }

    pub(crate) fn person(&self, number: usize) -> Outcome<BareJid> {
        Ok(self.people.get(number).ok_or("nobody has this number")?.jid.parse()?)
    }

    /// Contacts, and the groups with their members.
    pub(crate) async fn introduce(&self, store: &Store, account: AccountId) -> Outcome<()> {
        let contacts = self.people.iter().map(|person| {
            Ok(Contact {
                jid: person.jid.parse()?,
                name: person.name.clone(),
                subscription: Subscription::Both,
                requested: false,
                groups: Vec::new(),
                presence: PresenceShow::Offline,
                status: String::new(),
            })
        });
        store.replace_roster(account, &contacts.collect::<Outcome<Vec<_>>>()?, None).await?;
        for chat in &self.chats {
            let Circle::Group { jid, name, members } = &chat.circle else { continue };
            let jid: BareJid = jid.parse()?;
            let group = Group {
                jid: jid.clone(),
                name: name.clone(),
                description: String::new(),
                public: false,
                has_archive: true,
                shows_addresses: true,
                moderation: false,
                nickname: NICKNAME.to_owned(),
                role: GroupRole::Member,
                state: GroupState::Joined,
                avatar: None,
                member_count: u32::try_from(members.len() + 1)?,
            };
            store.put_group(account, &group).await?;
            let who = members.iter().map(|&member| Some(member)).chain([None]);
            let members = who.map(|by| {
                Ok(GroupMember { who: self.in_group(by)?, role: GroupRole::Member, present: false, own: by.is_none() })
            });
            store.replace_group_members(account, &jid, &members.collect::<Outcome<Vec<_>>>()?).await?;
        }
        Ok(())
    }

    pub(crate) fn arrived(&self, thing: Thing) -> Outcome<Arrived> {
        Ok(match thing {
            Thing::Said(line) => Arrived::Message(Box::new(self.message(line)?)),
            Thing::Amended(amendment) => Arrived::Amendment(Box::new(self.amendment(amendment)?)),
        })
    }

    fn chat(&self, number: usize) -> Outcome<(BareJid, ConversationKind)> {
        Ok(match &self.chats.get(number).ok_or("no such conversation")?.circle {
            Circle::With(person) => (self.person(*person)?, ConversationKind::Direct),
            Circle::Group { jid, .. } => (jid.parse()?, ConversationKind::Group),
        })
    }

    fn sender(&self, kind: ConversationKind, by: Option<usize>) -> Outcome<Sender> {
        match (kind, by) {
            (ConversationKind::Group, _) => self.in_group(by),
            (ConversationKind::Direct, Some(person)) => Ok(Sender::person(self.person(person)?)),
            (ConversationKind::Direct, None) => Ok(Sender::person(self.me.clone())),
        }
    }

    fn in_group(&self, by: Option<usize>) -> Outcome<Sender> {
        let Some(number) = by else {
            let occupant = Some("occupant-me".to_owned());
            return Ok(Sender { jid: Some(self.me.clone()), nickname: NICKNAME.to_owned(), occupant });
        };
        let person = self.people.get(number).ok_or("nobody has this number")?;
        let occupant = Some(format!("occupant-{number}"));
        Ok(Sender { jid: Some(person.jid.parse()?), nickname: person.name.clone(), occupant })
    }

    fn message(&self, line: Line) -> Outcome<ReceivedMessage> {
        let (conversation, kind) = self.chat(line.chat)?;
        let id = stanza(line.number);
        let mut content = Composed::of(body(line.says));
        if let Some((answered, quote)) = line.answers {
            // Rooms name messages by their archive, people by the sender's id (XEP-0461 §3.1).
            let to = match kind {
                ConversationKind::Group => archive(answered),
                ConversationKind::Direct => stanza(answered),
            };
            content.reply = Some(ReplyReference { to: WireId(to), author: None, quote });
        }
        let shown = match &content.body {
            MessageBody::File { file, .. } => Some(ShownFile { name: file.name.clone(), thumbnail: None }),
            _ => None,
        };
        Ok(ReceivedMessage {
            id: MessageId(id.clone()),
            sender: self.sender(kind, line.by)?,
            direction: if line.by.is_none() { Direction::Outgoing } else { Direction::Incoming },
            conversation,
            kind,
            stanza_id: Some(id.clone()),
            origin_id: Some(id),
            archive_id: Some(archive(line.number)),
            content,
            shown,
            sent_at: Timestamp(line.at_ms),
            sent_by_server: true,
            standing: confab_store::Standing::ByTime,
            ahead: false,
            read: line.read,
        })
    }

    fn amendment(&self, amendment: Amendment) -> Outcome<ReceivedAmendment> {
        let (conversation, kind) = self.chat(amendment.chat)?;
        let is_edit = matches!(amendment.does, Does::Edit(_));
        let of = match kind {
            ConversationKind::Group if !is_edit => archive(amendment.of),
            _ => stanza(amendment.of),
        };
        Ok(ReceivedAmendment {
            id: MessageId(format!("c-{}", amendment.number)),
            by: self.sender(kind, amendment.by)?,
            own: amendment.by.is_none(),
            conversation,
            kind,
            of: WireId(of),
            change: match amendment.does {
                Does::Edit(text) => Change::Edit(Box::new(Composed::text(text))),
                Does::React(emoji) => Change::React { emojis: vec![emoji.to_owned()] },
                Does::Recall => Change::Recall,
            },
            shown: None,
            at: Timestamp(amendment.at_ms),
        })
    }
}

fn body(says: Says) -> MessageBody {
    match says {
        Says::Text(text) => MessageBody::Text(Pii(text)),
        Says::File { name, media_type, size, picture: (width, height), caption } => {
            let url = format!("https://upload.example.org/{size:x}/{name}");
            let file = SharedFile { width, height, ..shared(name, &media_type, Some(size), url) };
            MessageBody::File { file: Box::new(file), caption: Pii(caption) }
        }
        Says::Voice { duration_ms, loudness } => {
            let url = format!("https://upload.example.org/{duration_ms:x}/voice.ogg");
            let file = SharedFile {
                duration_ms,
                voice: Some(loudness),
                ..shared("voice.ogg".to_owned(), "audio/ogg", Some(u64::from(duration_ms) * 3), url)
            };
            MessageBody::File { file: Box::new(file), caption: Pii(String::new()) }
        }
        Says::Place { latitude, longitude, address } => {
            MessageBody::Location(Location { latitude, longitude, address })
        }
    }
}

fn shared(name: String, media_type: &str, size: Option<u64>, url: String) -> SharedFile {
    SharedFile {
        name,
        media_type: media_type.to_owned(),
        size,
        urls: vec![Pii(url)],
        sha256: Some([0x5a; 32]),
        width: 0,
        height: 0,
        duration_ms: 0,
        voice: None,
        thumbnail: None,
    }
}

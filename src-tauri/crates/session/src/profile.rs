//! What accounts publish of themselves, and what this account publishes: names and pictures (XEP-0172, XEP-0084, read also
//! from XEP-0054), how far it has read (XEP-0490), whether it may be disturbed, and its push services (XEP-0357).
//!
//! All of it is asked for and answered at once; what others change comes as an event. Nothing is kept here.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use confab_model::{Availability, BareJid};
use jid::Jid;
use minidom::Element;

use crate::{
    IqError, RequestError, SessionHandle,
    handle::Command,
    xep::{
        availability,
        avatars_0084::{self, AvatarInfo},
        displayed_0490::{self, Displayed},
        nicknames_0172,
        pubsub_0060::{self, Item, Options, Wanted},
        push_0357::{self, PushService},
        search_0055::{self, Found},
        sign_outs, vcard_0054,
    },
};

/// Characters of a name.
const MAX_NAME: usize = 1_000;
/// People of one look-up.
const MAX_FOUND: usize = 50;
/// Octets of an own picture: it travels in one stanza, and servers take 256 KiB of Base64 and less.
pub(crate) const MAX_OWN_PICTURE: usize = 128 * 1024;
/// The nodes of XEP-0084 keep one picture.
const ONE_ITEM: &str = "current";

/// A picture of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// As its owner claims; empty if not told.
    pub media_type: String,
    /// Not decoded, not checked; at most 512 KiB.
    pub bytes: Vec<u8>,
}

/// What somebody publishes of themself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublishedProfile {
    /// Empty: none.
    pub name: String,
    pub avatar: Option<AvatarInfo>,
    /// The picture itself, if it came with the answer.
    pub picture: Option<Picture>,
}

/// Own nodes that were made what they are to be by themselves, and need no options with every item. Of one session.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nodes(Arc<Mutex<BTreeSet<&'static str>>>);

impl Nodes {
    fn are_configured(&self, node: &str) -> bool {
        self.0.lock().is_ok_and(|nodes| nodes.contains(node))
    }

    fn configured(&self, node: &'static str) {
        if let Ok(mut nodes) = self.0.lock() {
            nodes.insert(node);
        }
    }
}

/// Servers have several words for options that they do not know.
fn may_be_the_options(error: &IqError) -> bool {
    let conditions = ["resource-constraint", "bad-request", "not-acceptable", "conflict", "feature-not-implemented"];
    conditions.contains(&error.condition.as_str())
}

impl SessionHandle {
    /// Name and picture of a person, or the own. Takes up to three round trips; asks the person's server, which may tell
    /// strangers less than contacts.
    pub async fn profile(&self, jid: &BareJid) -> Result<PublishedProfile, RequestError> {
        let nick = self.newest(jid, nicknames_0172::NODE).await?;
        let mut profile = PublishedProfile {
            name: nick.as_ref().and_then(nicknames_0172::read).unwrap_or_default(),
            ..PublishedProfile::default()
        };
        let metadata = self.newest(jid, avatars_0084::METADATA).await?;
        profile.avatar = metadata.as_ref().and_then(avatars_0084::read_metadata).flatten();
        if profile.name.is_empty() || profile.avatar.is_none() {
            let card = self.card(jid).await?;
            if profile.name.is_empty() {
                profile.name = card.name;
            }
            if let Some((media_type, bytes)) = card.picture.filter(|_| profile.avatar.is_none()) {
                let (id, kind) = (avatars_0084::id(&bytes), media_type.clone());
                profile.avatar = Some(AvatarInfo { id, media_type: kind, width: 0, height: 0 });
                profile.picture = Some(Picture { media_type, bytes });
            }
        }
        profile.name = profile.name.chars().take(MAX_NAME).collect();
        Ok(profile)
    }

    /// The picture that somebody announced, by its SHA-1. `None`: they do not have it (any more), or what they have is
    /// another one.
    pub async fn avatar(&self, jid: &BareJid, id: &str) -> Result<Option<Picture>, RequestError> {
        let query = pubsub_0060::items(avatars_0084::DATA, Wanted::Item(id));
        let answer = Self::told(self.iq_get(Some(jid.clone().into()), query).await)?;
        let items = answer.as_ref().map(pubsub_0060::read_items).unwrap_or_default();
        if let Some(bytes) = items.iter().find_map(|item| avatars_0084::read_data(item, id)) {
            return Ok(Some(Picture { media_type: String::new(), bytes }));
        }
        let picture = self.card(jid).await?.picture.filter(|(_, bytes)| avatars_0084::id(bytes) == id);
        Ok(picture.map(|(media_type, bytes)| Picture { media_type, bytes }))
    }

    /// Looks people up by name in the server's directory: at most 50, in its order. `Unsupported`: it has none.
    pub async fn search_directory(&self, name: &str) -> Result<Vec<Found>, RequestError> {
        let directory = self.services().await.directory.ok_or(RequestError::Unsupported(search_0055::NS))?;
        let fields = self.iq_get(Some(directory.clone()), search_0055::get()).await?;
        let queries = fields.map(|fields| search_0055::queries(&fields, name)).unwrap_or_default();
        let mut found: Vec<Found> = Vec::new();
        for query in queries {
            let answer = Self::told(self.iq_set(Some(directory.clone()), query).await)?;
            for person in answer.as_ref().map(search_0055::read).unwrap_or_default() {
                if found.len() < MAX_FOUND && !found.iter().any(|known| known.jid == person.jid) {
                    found.push(person);
                }
            }
        }
        Ok(found)
    }

    /// Publishes the own name; empty: none.
    pub async fn set_nickname(&self, name: &str) -> Result<(), RequestError> {
        let name: String = name.chars().take(MAX_NAME).collect();
        self.publish(nicknames_0172::NODE, ONE_ITEM, nicknames_0172::payload(&name), &[]).await
    }

    /// Publishes the own picture, at most 128 KiB; `None`: there is none any more. Returns its SHA-1.
    ///
    /// `size`: width and height in pixels. The bytes are published as they are: what they tell of place and camera is
    /// to be taken out before.
    pub async fn set_avatar(
        &self,
        picture: Option<&Picture>,
        size: (u32, u32),
    ) -> Result<Option<String>, RequestError> {
        let Some(picture) = picture else {
            let nothing = avatars_0084::metadata(None);
            return self.publish(avatars_0084::METADATA, ONE_ITEM, nothing, &[]).await.map(|()| None);
        };
        if picture.bytes.len() > MAX_OWN_PICTURE {
            return Err(RequestError::Invalid("a picture of more than 128 KiB".to_owned()));
        }
        let id = avatars_0084::id(&picture.bytes);
        let media_type = picture.media_type.clone();
        let info = AvatarInfo { id: id.clone(), media_type, width: size.0, height: size.1 };
        // §3: the picture is there before it is announced.
        self.publish(avatars_0084::DATA, &id, avatars_0084::data(&picture.bytes), &[]).await?;
        let metadata = avatars_0084::metadata(Some((&info, picture.bytes.len())));
        self.publish(avatars_0084::METADATA, &id, metadata, &[]).await?;
        Ok(Some(id))
    }

    /// Tells the account's other devices how far a conversation was displayed (XEP-0490).
    pub async fn publish_displayed(&self, displayed: &Displayed) -> Result<(), RequestError> {
        let payload = displayed_0490::payload(displayed, &self.own);
        let id = displayed.conversation.to_string();
        self.publish(displayed_0490::NODE, &id, payload, displayed_0490::OPTIONS).await
    }

    /// Sets the own availability, here at once and on all devices of the account. An error says that the other devices
    /// do not know.
    pub async fn set_availability(&self, availability: Availability) -> Result<(), RequestError> {
        let payload = availability::payload(&availability);
        self.ask(|reply| Command::SetAvailability(availability, reply)).await.ok_or(RequestError::Closed)?;
        self.publish(availability::NODE, availability::ITEM, payload, availability::OPTIONS).await
    }

    /// Has all devices of the account sign out, this one too once it hears of it.
    pub async fn ask_all_to_sign_out(&self) -> Result<(), RequestError> {
        let id = uuid::Uuid::new_v4().to_string();
        self.publish(sign_outs::NODE, sign_outs::ITEM, sign_outs::payload(&id), sign_outs::OPTIONS).await
    }

    /// The id of the last time that all devices were to sign out; `None`: never.
    pub async fn last_sign_out(&self) -> Result<Option<String>, RequestError> {
        let own = self.own.clone();
        Ok(self.newest(&own, sign_outs::NODE).await?.as_ref().and_then(sign_outs::read))
    }

    /// Has the server tell a push service of messages while this device is away.
    pub async fn enable_push(&self, service: &PushService) -> Result<(), RequestError> {
        self.iq_set(None, push_0357::enable(service)).await.map(|_| ())
    }

    /// Ends that; without a node: for everything of that service.
    pub async fn disable_push(&self, service: &Jid, node: Option<&str>) -> Result<(), RequestError> {
        self.iq_set(None, push_0357::disable(service, node)).await.map(|_| ())
    }

    /// Publishes on an own node. One that is otherwise than it should be is changed first; so is one of a server that
    /// does not know the options (ejabberd before 24), and it is remembered that it was.
    pub(crate) async fn publish(
        &self,
        node: &'static str,
        id: &str,
        payload: Element,
        options: Options<'_>,
    ) -> Result<(), RequestError> {
        let plain = pubsub_0060::publish(node, id, payload.clone(), &[]);
        if options.is_empty() || self.nodes.are_configured(node) {
            return self.iq_set(None, plain).await.map(|_| ());
        }
        let publish = pubsub_0060::publish(node, id, payload, options);
        match self.iq_set(None, publish.clone()).await {
            Err(RequestError::Refused(error)) if error.application.as_deref() == Some("precondition-not-met") => {
                self.iq_set(None, pubsub_0060::configure(node, options)).await?;
                self.iq_set(None, publish).await.map(|_| ())
            }
            Err(RequestError::Refused(error)) if may_be_the_options(&error) => {
                // Never published before it is known to be private.
                match self.iq_set(None, pubsub_0060::configure(node, options)).await {
                    Err(RequestError::Refused(_)) => self.iq_set(None, pubsub_0060::create(node, options)).await?,
                    answer => answer?,
                };
                self.nodes.configured(node);
                self.iq_set(None, plain).await.map(|_| ())
            }
            answer => answer.map(|_| ()),
        }
    }

    async fn newest(&self, jid: &BareJid, node: &str) -> Result<Option<Item>, RequestError> {
        let query = pubsub_0060::items(node, Wanted::Newest);
        let answer = Self::told(self.iq_get(Some(jid.clone().into()), query).await)?;
        Ok(answer.as_ref().and_then(|answer| pubsub_0060::read_items(answer).pop()))
    }

    async fn card(&self, jid: &BareJid) -> Result<vcard_0054::Card, RequestError> {
        let answer = Self::told(self.iq_get(Some(jid.clone().into()), vcard_0054::get()).await)?;
        Ok(answer.as_ref().and_then(vcard_0054::read).unwrap_or_default())
    }

    /// A refusal says that there is nothing, or nothing for us.
    fn told(answer: Result<Option<Element>, RequestError>) -> Result<Option<Element>, RequestError> {
        match answer {
            Err(RequestError::Refused(_)) => Ok(None),
            answer => answer,
        }
    }
}

//! The roster, everybody's devices and what those devices can do. Data only; the actor sends and tells.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use confab_model::{BareJid, Contact, FullJid, PresenceShow, Subscription};

use crate::{
    Device,
    xep::{
        caps_0115::{self, Caps},
        disco_0030::Info,
        presence_6121::rank,
        roster_6121::{Entry, Roster},
    },
};

/// Devices of one person beyond this are ignored.
const MAX_DEVICES: usize = 32;
/// People outside of the roster whose presence is kept: they send it directly (RFC 6121 §4.6), for example for a call.
const MAX_STRANGERS: usize = 256;
/// People whom a call signal told that this device is there; the one that was told least recently is forgotten first.
const MAX_TOLD: usize = 64;
/// Sets of features that are kept; a client version has one.
const MAX_CAPS: usize = 2000;

#[derive(Debug, Clone)]
struct DeviceState {
    show: PresenceShow,
    priority: i8,
    status: String,
    caps: Option<Caps>,
    /// What the device itself said, where the hash cannot be believed or there is none.
    own_features: Option<HashSet<String>>,
}

/// What an availability changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CapsState {
    Known,
    /// The device should be asked.
    Unknown,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct People {
    contacts: BTreeMap<BareJid, Contact>,
    pub(super) roster_version: Option<String>,
    devices: HashMap<BareJid, BTreeMap<String, DeviceState>>,
    features: HashMap<(String, String), HashSet<String>>,
    told: VecDeque<BareJid>,
    /// Whom we asked, who said yes and has not asked back yet.
    welcome: HashSet<BareJid>,
}

impl People {
    pub(super) fn new(roster: Vec<Contact>, version: Option<String>) -> Self {
        let contacts = roster
            .into_iter()
            .map(|mut contact| {
                contact.presence = PresenceShow::Offline;
                contact.status = String::new();
                (contact.jid.clone(), contact)
            })
            .collect();
        Self { contacts, roster_version: version, ..Self::default() }
    }

    /// What every device with this hash can do. Of a client whose features are known anyway: our own.
    pub(super) fn knows_client(&mut self, hash: String, ver: String, info: &Info) {
        self.features.insert((hash, ver), info.features.iter().cloned().collect());
    }

    /// Replaces the roster.
    pub(super) fn load(&mut self, roster: Roster) {
        let before = std::mem::take(&mut self.contacts);
        for entry in &roster.entries {
            if let Entry::Present(contact) = entry {
                self.note_welcome(before.get(&contact.jid), contact);
            }
        }
        self.roster_version = roster.version;
        for entry in roster.entries {
            // Whether it is a contact does not matter: the whole roster is told.
            let _ = self.apply_entry(entry);
        }
    }

    /// Applies one entry of a push. Returns the contact, or the address that is gone.
    pub(super) fn apply_entry(&mut self, entry: Entry) -> Result<Contact, BareJid> {
        match entry {
            Entry::Present(contact) => {
                let jid = contact.jid.clone();
                let before = self.contacts.remove(&jid);
                self.note_welcome(before.as_ref(), &contact);
                self.contacts.insert(jid.clone(), *contact);
                self.refresh(&jid).ok_or(jid)
            }
            Entry::Removed(jid) => {
                self.contacts.remove(&jid);
                self.welcome.remove(&jid);
                Err(jid)
            }
        }
    }

    pub(super) fn contact(&self, jid: &BareJid) -> Option<&Contact> {
        self.contacts.get(jid)
    }

    pub(super) fn contacts(&self) -> Vec<Contact> {
        self.contacts.values().cloned().collect()
    }

    /// Whether this person sees our presence: only then does a receipt tell them nothing new.
    pub(super) fn sees_us(&self, jid: &BareJid) -> bool {
        self.contacts
            .get(jid)
            .is_some_and(|contact| matches!(contact.subscription, Subscription::From | Subscription::Both))
    }

    /// A call signal went to this person.
    pub(super) fn was_told(&mut self, jid: BareJid) {
        self.told.retain(|known| *known != jid);
        if self.told.len() == MAX_TOLD {
            self.told.pop_front();
        }
        self.told.push_back(jid);
    }

    /// Whether this person knows that we are online, or may: an answer tells them nothing new.
    pub(super) fn knows_us(&self, jid: &BareJid) -> bool {
        self.sees_us(jid) || self.told.contains(jid)
    }

    /// Whether we see, or have asked to see, this person's presence.
    pub(super) fn wanted_by_us(&self, jid: &BareJid) -> bool {
        self.contacts.get(jid).is_some_and(|contact| {
            contact.requested || matches!(contact.subscription, Subscription::To | Subscription::Both)
        })
    }

    /// A request of ours was granted: who granted it may see us too when they ask, and this once.
    fn note_welcome(&mut self, before: Option<&Contact>, now: &Contact) {
        let granted = before.is_some_and(|before| before.requested) && now.subscription == Subscription::To;
        if granted {
            self.welcome.insert(now.jid.clone());
        } else if now.subscription != Subscription::To {
            self.welcome.remove(&now.jid);
        }
    }

    /// Whether a request of this person needs no question to ours: we have asked them, or they see us already. Somebody
    /// from whom the permission was taken back does not get it again by asking.
    pub(super) fn may_see_us(&self, jid: &BareJid) -> bool {
        self.sees_us(jid)
            || self.welcome.contains(jid)
            || self.contacts.get(jid).is_some_and(|contact| contact.requested)
    }

    /// This person was refused.
    pub(super) fn was_refused(&mut self, jid: &BareJid) {
        self.welcome.remove(jid);
    }

    /// Forgets all presence, as after a new sign-in.
    pub(super) fn forget_presence(&mut self) -> Vec<Contact> {
        let people: Vec<BareJid> = self.devices.drain().map(|(jid, _)| jid).collect();
        people.iter().filter_map(|jid| self.refresh(jid)).collect()
    }

    /// A device became available or changed. `None`: it is not kept.
    pub(super) fn available(
        &mut self,
        jid: &FullJid,
        (show, priority, status): (PresenceShow, i8, String),
        caps: Option<Caps>,
    ) -> Option<CapsState> {
        let bare = jid.bare();
        if !self.devices.contains_key(&bare) && !self.contacts.contains_key(&bare) {
            let strangers = self.devices.keys().filter(|person| !self.contacts.contains_key(person)).count();
            if strangers >= MAX_STRANGERS {
                return None;
            }
        }
        let devices = self.devices.entry(bare).or_default();
        let resource = jid.resource().as_str().to_owned();
        if devices.len() >= MAX_DEVICES && !devices.contains_key(&resource) {
            return None;
        }
        let before = devices.get(&resource);
        // An unchanged hash keeps what the device said itself.
        let own_features = before.filter(|before| before.caps == caps).and_then(|before| before.own_features.clone());
        let known = own_features.is_some()
            || caps.as_ref().is_some_and(|caps| self.features.contains_key(&(caps.hash.clone(), caps.ver.clone())));
        let asks = caps.is_some() && !known;
        devices.insert(resource, DeviceState { show, priority, status, caps, own_features });
        Some(if asks { CapsState::Unknown } else { CapsState::Known })
    }

    /// A device, or (without a resource) all devices of a person, went away.
    pub(super) fn unavailable(&mut self, bare: &BareJid, resource: Option<&str>) {
        match resource {
            Some(resource) => {
                if let Some(devices) = self.devices.get_mut(bare) {
                    devices.remove(resource);
                    if devices.is_empty() {
                        self.devices.remove(bare);
                    }
                }
            }
            None => {
                self.devices.remove(bare);
            }
        }
    }

    /// Brings a contact's presence up to date with the devices; `None` if it is not a contact.
    pub(super) fn refresh(&mut self, jid: &BareJid) -> Option<Contact> {
        let best = self.devices.get(jid).and_then(|devices| {
            devices.values().max_by_key(|device| (device.priority >= 0, rank(device.show), device.priority))
        });
        let (presence, status) = match best {
            Some(device) => (device.show, device.status.clone()),
            None => (PresenceShow::Offline, String::new()),
        };
        let contact = self.contacts.get_mut(jid)?;
        contact.presence = presence;
        contact.status = status;
        Some(contact.clone())
    }

    /// All devices of a person, best first.
    pub(super) fn devices(&self, jid: &BareJid) -> Vec<Device> {
        let Some(devices) = self.devices.get(jid) else { return Vec::new() };
        let mut devices: Vec<Device> = devices
            .iter()
            .filter_map(|(resource, device)| {
                Some(Device {
                    jid: jid.with_resource(resource).ok()?,
                    show: device.show,
                    priority: device.priority,
                    status: device.status.clone(),
                })
            })
            .collect();
        devices.sort_by_key(|device| std::cmp::Reverse((device.priority, rank(device.show))));
        devices
    }

    fn device(&self, jid: &FullJid) -> Option<&DeviceState> {
        self.devices.get(&jid.bare())?.get(jid.resource().as_str())
    }

    pub(super) fn caps_of(&self, jid: &FullJid) -> Option<Caps> {
        self.device(jid)?.caps.clone()
    }

    /// Whether a device advertises a feature; `None` if that is not known.
    pub(super) fn speaks(&self, jid: &FullJid, feature: &str) -> Option<bool> {
        let device = self.device(jid)?;
        if let Some(features) = &device.own_features {
            return Some(features.contains(feature));
        }
        let caps = device.caps.as_ref()?;
        let features = self.features.get(&(caps.hash.clone(), caps.ver.clone()))?;
        Some(features.contains(feature))
    }

    /// A device answered what it can do. A genuine answer holds for everybody with the same hash, another one only
    /// for this device.
    pub(super) fn told(&mut self, jid: &FullJid, asked: Option<&Caps>, info: &Info) {
        let features: HashSet<String> = info.features.iter().cloned().collect();
        if let Some(caps) = asked
            && caps_0115::is_genuine(caps, info)
        {
            // When full, any one makes room: it is asked for again when it is needed, and nobody can fill it for good.
            if self.features.len() >= MAX_CAPS
                && let Some(any) = self.features.keys().next().cloned()
            {
                self.features.remove(&any);
            }
            self.features.insert((caps.hash.clone(), caps.ver.clone()), features);
            return;
        }
        let device = self.devices.get_mut(&jid.bare()).and_then(|devices| devices.get_mut(jid.resource().as_str()));
        if let Some(device) = device {
            device.own_features = Some(features);
        }
    }
}

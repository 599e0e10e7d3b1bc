//! One room, as this device sees it. Data only; the actor sends and tells.
//!
//! ```text
//! Out → Queued → Asking (what it is) → Entering → In
//!         ↑         └────────┴─→ Waiting ←────────┘  (unreachable: tried again, later and later)
//!         └──────────────────────────┘
//! In, Entering, Waiting → Out (left, taken out, gone, refused)
//! ```

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use confab_model::{BareJid, Group, GroupMember, GroupRole, GroupState, MessageId, Sender};
use minidom::Element;
use tokio::time::Instant;

use super::super::{contacts::cut, reading::Reading};
use crate::{RequestError, handle::Reply, xep::muc_0045::RoomInfo};

/// Occupants, and members of the lists, that are kept of one room.
pub(super) const MAX_OCCUPANTS: usize = 5_000;
/// Nothing was heard of the room for so long: XEP-0410 §3 advises some minutes.
pub(super) const SILENCE: Duration = Duration::from_secs(600);
/// An own message should have come back by now.
pub(super) const REFLECTION: Duration = Duration::from_secs(30);
/// Own messages that wait for their reflection; more are refused as a full queue.
pub(super) const MAX_PENDING: usize = 1_000;
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Out,
    Queued,
    Asking,
    Entering { until: Instant },
    In,
    Waiting { until: Instant },
}

/// Somebody who is in the room now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Occupant {
    pub jid: Option<BareJid>,
    pub id: Option<String>,
    pub role: GroupRole,
}

/// An own message of which the room, or the own server, has not said that it is there.
#[derive(Debug)]
struct Pending {
    id: MessageId,
    sent: Instant,
    acknowledged: bool,
    reflected: bool,
}

pub(super) type Entered = Reply<Result<Group, RequestError>>;

#[derive(Debug)]
pub(super) struct Room {
    pub group: Group,
    /// As it was last told.
    pub told: Option<Group>,
    pub phase: Phase,
    pub info: RoomInfo,
    /// What it is called where it does not say it itself.
    pub fallback_name: String,
    /// What other clients keep with the bookmark.
    pub others: Vec<Element>,
    pub subject: String,
    pub occupants: BTreeMap<String, Occupant>,
    /// Everybody who is on the lists of the room, as far as it told. `None`: it was not asked.
    pub members: Option<BTreeMap<BareJid, GroupRole>>,
    pub own_id: Option<String>,
    pub nickname_tries: u32,
    pub creates: bool,
    pub attempts: u32,
    pub ping_at: Instant,
    pub pings_lost: u32,
    pub is_pinging: bool,
    pending: VecDeque<Pending>,
    pub archive: Reading,
    pub entering: Vec<Entered>,
    /// Its bookmark was taken away by this device, which is told of that too.
    pub retracted_here: bool,
    /// Who was asked to let us in.
    pub applied_to: Option<BareJid>,
}

impl Room {
    pub(super) fn new(jid: BareJid, nickname: String) -> Self {
        let group = Group {
            name: jid.node().map(|node| node.as_str().to_owned()).unwrap_or_default(),
            jid,
            description: String::new(),
            public: false,
            has_archive: false,
            shows_addresses: false,
            moderation: false,
            nickname,
            role: GroupRole::Guest,
            state: GroupState::Left,
            avatar: None,
            member_count: 0,
        };
        Self {
            fallback_name: group.name.clone(),
            group,
            told: None,
            phase: Phase::Out,
            info: RoomInfo::default(),
            others: Vec::new(),
            subject: String::new(),
            occupants: BTreeMap::new(),
            members: None,
            own_id: None,
            nickname_tries: 0,
            creates: false,
            attempts: 0,
            ping_at: Instant::now() + SILENCE,
            pings_lost: 0,
            is_pinging: false,
            pending: VecDeque::new(),
            archive: Reading::default(),
            entering: Vec::new(),
            retracted_here: false,
            applied_to: None,
        }
    }

    pub(super) fn occupant_jid(&self) -> Option<jid::Jid> {
        self.group.jid.with_resource(&self.group.nickname).ok().map(jid::Jid::from)
    }

    /// The room was heard: it is there.
    pub(super) fn heard(&mut self) {
        self.ping_at = Instant::now() + SILENCE;
        self.pings_lost = 0;
    }

    pub(super) fn pause(&self) -> Duration {
        FIRST_PAUSE.saturating_mul(2u32.saturating_pow(self.attempts.min(8))).min(LONGEST_PAUSE)
    }

    /// Nothing of who is there holds any more.
    pub(super) fn emptied(&mut self) {
        self.occupants.clear();
        self.archive.interrupt();
        self.is_pinging = false;
        self.pings_lost = 0;
    }

    /// Brings the told part in line with what the room says of itself.
    pub(super) fn describe(&mut self) {
        let info = &self.info;
        let name = if info.name.is_empty() { &self.fallback_name } else { &info.name };
        self.group.name = cut(name.clone());
        let description = if info.description.is_empty() { &self.subject } else { &info.description };
        self.group.description = cut(description.clone());
        self.group.public = !info.members_only;
        self.group.has_archive = info.archive;
        self.group.shows_addresses = info.shows_addresses;
        self.group.moderation = info.moderation.is_some();
        let count = match &self.members {
            Some(members) => {
                let is_guest = |occupant: &&Occupant| match &occupant.jid {
                    Some(jid) => members.get(jid).is_none_or(|role| *role < GroupRole::Member),
                    None => occupant.role < GroupRole::Member,
                };
                let listed = members.values().filter(|role| **role >= GroupRole::Member).count();
                listed + self.occupants.values().filter(is_guest).count()
            }
            None => self.occupants.len(),
        };
        self.group.member_count = u32::try_from(count).unwrap_or(u32::MAX);
    }

    /// The event's group, if it is another than was told.
    pub(super) fn news(&mut self) -> Option<Group> {
        self.describe();
        if self.told.as_ref() == Some(&self.group) {
            return None;
        }
        self.told = Some(self.group.clone());
        self.told.clone()
    }

    /// Who has this name now. Somebody who is not there any more has only that.
    pub(super) fn sender(&self, nickname: &str) -> Sender {
        let occupant = self.occupants.get(nickname);
        Sender {
            jid: occupant.and_then(|occupant| occupant.jid.clone()),
            nickname: cut(nickname.to_owned()),
            occupant: occupant.and_then(|occupant| occupant.id.clone()),
        }
    }

    pub(super) fn member(&self, nickname: &str, own: &jid::BareJid) -> Option<GroupMember> {
        let occupant = self.occupants.get(nickname)?;
        let is_own = nickname == self.group.nickname || occupant.jid.as_ref().is_some_and(|jid| **jid == *own);
        Some(GroupMember { who: self.sender(nickname), role: occupant.role, present: true, own: is_own })
    }

    /// Everybody, each person once: who is there by name, then who is not by address.
    pub(super) fn all_members(&self, own: &jid::BareJid) -> Vec<GroupMember> {
        let mut seen: HashMap<BareJid, ()> = HashMap::new();
        let mut all = Vec::new();
        for nickname in self.occupants.keys() {
            let Some(member) = self.member(nickname, own) else { continue };
            let is_new = member.who.jid.clone().is_none_or(|jid| seen.insert(jid, ()).is_none());
            if is_new {
                all.push(member);
            }
        }
        for (jid, role) in self.members.iter().flatten() {
            if !seen.contains_key(jid) {
                let who = Sender::person(jid.clone());
                all.push(GroupMember { who, role: *role, present: false, own: **jid == *own });
            }
        }
        all
    }

    /// What somebody is, as far as it was known before.
    pub(super) fn known_role(&self, jid: Option<&BareJid>) -> Option<GroupRole> {
        let members = self.members.as_ref()?;
        Some(members.get(jid?).copied().unwrap_or(GroupRole::Guest))
    }

    pub(super) fn note_role(&mut self, jid: Option<&BareJid>, role: GroupRole) {
        let (Some(members), Some(jid)) = (&mut self.members, jid) else { return };
        if role == GroupRole::Guest {
            members.remove(jid);
        } else if members.len() < MAX_OCCUPANTS || members.contains_key(jid) {
            members.insert(jid.clone(), role);
        }
    }

    /// Whether this message is on its way.
    pub(super) fn is_pending(&self, id: &MessageId) -> bool {
        self.pending.iter().any(|pending| pending.id == *id && !pending.reflected)
    }

    pub(super) fn takes_more(&self) -> bool {
        self.pending.len() < MAX_PENDING
    }

    pub(super) fn sending(&mut self, id: MessageId) {
        let sent = Instant::now();
        self.pending.push_back(Pending { id, sent, acknowledged: false, reflected: false });
    }

    /// The own server has it. `false`: it is none of this room's.
    pub(super) fn acknowledged(&mut self, id: &MessageId) -> bool {
        let Some(pending) = self.pending.iter_mut().find(|pending| pending.id == *id && !pending.acknowledged) else {
            return false;
        };
        pending.acknowledged = true;
        self.pending.retain(|pending| !(pending.acknowledged && pending.reflected));
        true
    }

    /// The room has it. `false`: it did not go out from here, or has come back already.
    pub(super) fn reflected(&mut self, ids: [Option<&str>; 2]) -> Option<MessageId> {
        let is_it = |pending: &&mut Pending| {
            !pending.reflected && ids.into_iter().flatten().any(|id| id == pending.id.as_str())
        };
        let pending = self.pending.iter_mut().find(is_it)?;
        pending.reflected = true;
        let id = pending.id.clone();
        self.pending.retain(|pending| !(pending.acknowledged && pending.reflected));
        Some(id)
    }

    /// It will not come any more, or not by this stream. `false`: it has come already, or is not of here.
    pub(super) fn forget(&mut self, id: &str) -> bool {
        let Some(place) = self.pending.iter().position(|pending| pending.id.as_str() == id) else { return false };
        self.pending.remove(place).is_some_and(|pending| !pending.reflected)
    }

    /// The room does not take it. The own server may have yet to say that it had it. `false`: it is not of here.
    pub(super) fn bounced(&mut self, id: &str) -> bool {
        let is_it = |pending: &&mut Pending| pending.id.as_str() == id && !pending.reflected;
        let Some(pending) = self.pending.iter_mut().find(is_it) else { return false };
        pending.reflected = true;
        self.pending.retain(|pending| !(pending.acknowledged && pending.reflected));
        true
    }

    /// All whose reflection will not come; those that the stream still has are its to tell.
    pub(super) fn give_up(&mut self, with_stream: bool) -> Vec<MessageId> {
        let given_up: Vec<MessageId> = self
            .pending
            .iter()
            .filter(|pending| !pending.reflected && (with_stream || pending.acknowledged))
            .map(|pending| pending.id.clone())
            .collect();
        self.pending.retain(|pending| !with_stream && !given_up.contains(&pending.id));
        given_up
    }

    /// Those that the room should have sent back by now.
    pub(super) fn late(&mut self, now: Instant) -> Vec<MessageId> {
        let is_late =
            |pending: &Pending| pending.acknowledged && !pending.reflected && pending.sent + REFLECTION <= now;
        let late = self.pending.iter().filter(|pending| is_late(pending)).map(|pending| pending.id.clone()).collect();
        self.pending.retain(|pending| !is_late(pending));
        late
    }

    /// When the room is next looked after.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let own = match self.phase {
            Phase::Out | Phase::Queued | Phase::Asking => None,
            Phase::Entering { until } | Phase::Waiting { until } => Some(until),
            Phase::In if self.is_pinging => None,
            Phase::In => {
                let waiting = self.pending.iter().find(|pending| pending.acknowledged && !pending.reflected);
                let late = waiting.map(|pending| pending.sent + REFLECTION).filter(|_| self.pings_lost == 0);
                Some(late.map_or(self.ping_at, |late| late.min(self.ping_at)))
            }
        };
        let archive = if self.phase == Phase::In { self.archive.retry_at() } else { None };
        own.into_iter().chain(archive).min()
    }
}

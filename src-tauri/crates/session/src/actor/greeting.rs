//! The questions of a new session, all at once (one round trip), and what is done with their answers.
//!
//! An answer, also a refusal, settles a question; silence and a cut stream do not: the question is asked again, so that
//! a slow server is not taken for one that lacks something. Presence goes out when the account has answered, or has not
//! for too long: the person is to be reachable in the meantime.

use std::time::Duration;

use jid::Jid;
use tokio::time::Instant;

use super::{Actor, Purpose, requests::Answer, services::Services};
use crate::{
    IqError, RequestError, ServerFeatures, SessionEvent,
    xep::{
        archive_0313, blocking_0191, caps_0115, carbons_0280, disco_0030, displayed_0490, presence_6121, pubsub_0060,
        push_0357, queries, roster_6121, stanza_ids_0359,
    },
    xml::ElementExt,
};

/// After a question without an answer.
const RETRY: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Roster,
    Account,
    Server,
    Carbons,
    /// The entities of the server; when it has told that there are some.
    Services,
    /// When the server has told that it blocks.
    Blocked,
    /// When the account has told that it keeps them.
    Marks,
}

/// Where the greeting of the present session stands.
#[derive(Debug, Default)]
pub(super) struct Greeting {
    open: Vec<Question>,
    /// The account has answered, or had the time to.
    may_announce: bool,
    pub(super) announced: bool,
    retry_at: Option<Instant>,
    /// The server copies everything of the other devices to this one (XEP-0280), by its own word.
    pub(super) copies: bool,
}

impl Greeting {
    pub(super) fn retry_at(&self) -> Option<Instant> {
        self.retry_at
    }

    pub(super) fn has_announced(&self) -> bool {
        self.announced
    }

    pub(super) fn has_account(&self) -> bool {
        !self.open.contains(&Question::Account)
    }
}

/// Whether asking again would bring the same.
fn settles(answer: &Answer) -> bool {
    match answer {
        Ok(_) | Err(RequestError::Unexpected(_)) => true,
        Err(RequestError::Refused(error)) => !is_passing(error),
        Err(_) => false,
    }
}

/// Troubles of the server rather than an answer (RFC 6120 §8.3.3).
fn is_passing(error: &IqError) -> bool {
    matches!(error.condition.as_str(), "internal-server-error" | "resource-constraint" | "remote-server-timeout")
}

impl Actor {
    pub(super) fn greet(&mut self) {
        self.server = ServerFeatures { stream_management: self.connection.stream_management, ..Default::default() };
        self.services = Services::default();
        self.trusts_stanza_ids = false;
        let copies = self.connection.copies;
        self.server.carbons = copies;
        let mut open = vec![Question::Roster, Question::Account, Question::Server];
        if !copies {
            open.push(Question::Carbons);
        }
        self.greeting = Greeting { open, copies, ..Greeting::default() };
        self.go_on_greeting();
    }

    /// Asks what is neither answered nor asked, after a pause or when the stream is back.
    pub(super) fn go_on_greeting(&mut self) {
        self.greeting.retry_at = None;
        for question in self.greeting.open.clone() {
            let is_asked = self.requests.any(|purpose| match question {
                Question::Roster => matches!(purpose, Purpose::Roster(None)),
                Question::Account => matches!(purpose, Purpose::AccountInfo),
                Question::Server => matches!(purpose, Purpose::ServerInfo),
                Question::Carbons => matches!(purpose, Purpose::Carbons),
                Question::Services => matches!(purpose, Purpose::Services),
                Question::Blocked => matches!(purpose, Purpose::Blocked),
                Question::Marks => matches!(purpose, Purpose::Marks),
            });
            if !is_asked {
                self.ask(question);
            }
        }
        self.announce();
    }

    fn ask(&mut self, question: Question) {
        match question {
            Question::Roster => {
                // RFC 6121 §2.6: only to a server that advertises it.
                let known = self.people.roster_version.clone().unwrap_or_default();
                let version = self.connection.roster_versioning.then_some(known);
                self.request(false, None, roster_6121::get(version.as_deref()), Purpose::Roster(None));
            }
            Question::Account => {
                let account = Jid::from(self.own().clone());
                self.request(false, Some(account), disco_0030::query(None), Purpose::AccountInfo);
            }
            Question::Server => match Jid::new(self.own().domain().as_str()) {
                Ok(domain) => self.request(false, Some(domain), disco_0030::query(None), Purpose::ServerInfo),
                Err(_) => self.greeting.open.retain(|open| *open != question),
            },
            Question::Carbons => self.request(true, None, carbons_0280::enable(), Purpose::Carbons),
            Question::Services => {
                let server = Jid::new(self.own().domain().as_str()).ok();
                self.request(false, server, disco_0030::items_query(), Purpose::Services);
            }
            Question::Blocked => self.request(false, None, blocking_0191::get(), Purpose::Blocked),
            Question::Marks => {
                let query = pubsub_0060::items(displayed_0490::NODE, pubsub_0060::Wanted::All);
                self.request(false, None, query, Purpose::Marks);
            }
        }
    }

    /// Something that is only asked where there is an answer.
    fn ask_further(&mut self, question: Question) {
        self.greeting.open.push(question);
        self.ask(question);
    }

    /// Notes what came of a question. `false`: it stays open, and is asked again.
    pub(super) fn settle(&mut self, question: Question, answer: &Answer) -> bool {
        if settles(answer) {
            self.greeting.open.retain(|open| *open != question);
            return true;
        }
        tracing::info!(?question, "no answer");
        // When the stream is down, its return is the time to ask again.
        if self.connection.is_online() {
            self.greeting.retry_at = Some(Instant::now() + RETRY);
        }
        false
    }

    pub(super) fn account_info(&mut self, answer: Answer) {
        let is_settled = self.settle(Question::Account, &answer);
        self.greeting.may_announce = true;
        if !is_settled {
            self.announce();
            return;
        }
        let info = answer.ok().flatten().as_ref().and_then(disco_0030::Info::read).unwrap_or_default();
        self.server.archive = info.features.contains(archive_0313::NS);
        self.server.push = info.features.contains(push_0357::NS);
        self.server.personal_eventing =
            info.identities.iter().any(|identity| identity.category == "pubsub" && identity.kind == "pep");
        self.trusts_stanza_ids = self.server.archive || info.features.contains(stanza_ids_0359::NS);
        // Presence opens the gates: contacts' presences and messages come from here on. The roster is there by now,
        // because servers answer in order.
        self.announce();
        self.personal.marks_awaited = self.server.archive && self.server.personal_eventing;
        self.start_catch_up();
        self.tell_server();
        if self.server.personal_eventing {
            self.ask_further(Question::Marks);
        }
        self.groups_may_enter();
    }

    pub(super) fn server_info(&mut self, answer: Answer) {
        if !self.settle(Question::Server, &answer) {
            return;
        }
        let info = answer.ok().flatten().as_ref().and_then(disco_0030::Info::read).unwrap_or_default();
        self.server.carbons |= info.features.contains(carbons_0280::NS);
        self.server.external_services = info.features.contains("urn:xmpp:extdisco:2");
        self.server.blocking = info.features.contains(blocking_0191::NS);
        self.server.reporting = self.server.blocking && info.features.contains(blocking_0191::REPORTING);
        if let Ok(domain) = Jid::new(self.own().domain().as_str()) {
            self.note_service(domain, &info);
        }
        self.tell_server();
        if self.server.blocking {
            self.ask_further(Question::Blocked);
        }
        if disco_0030::has_items(&info) {
            self.ask_further(Question::Services);
        }
        if info.features.contains(queries::TIME) {
            self.ask_server_clock();
        }
    }

    pub(super) fn tell_server(&mut self) {
        let is_known = ![Question::Account, Question::Server].iter().any(|half| self.greeting.open.contains(half));
        if is_known {
            let server = self.server;
            self.emit(SessionEvent::ServerFeaturesKnown(server));
        }
    }

    pub(super) fn carbons_answered(&mut self, answer: &Answer) {
        if !self.settle(Question::Carbons, answer) {
            return;
        }
        if let Err(error) = answer {
            tracing::info!(%error, "no carbons");
            return;
        }
        self.server.carbons = true;
        self.greeting.copies = true;
        if self.server.archive && self.archive.is_caught_up() {
            // What the other devices sent and received until now was not copied.
            self.start_catch_up();
        }
    }

    /// Sends the first presence of the session when it is time.
    fn announce(&mut self) {
        if self.greeting.may_announce && !self.greeting.announced {
            self.greeting.announced = self.send_presence();
        }
    }

    /// Returns whether the stream took it.
    pub(super) fn send_presence(&mut self) -> bool {
        let presence = presence_6121::own(&self.presence_now()).with_child(caps_0115::child(&self.own_info));
        let sent = self.send(presence);
        if let Err(error) = &sent {
            tracing::debug!(%error, "presence not sent");
        }
        self.tell_rooms_presence();
        sent.is_ok()
    }
}

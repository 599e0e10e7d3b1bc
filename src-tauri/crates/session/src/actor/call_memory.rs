//! What is remembered of call signals: which Jingle sessions there are, and which invitations may still bounce. Data
//! only; what a call is and when it is over is the call machine's.

use std::collections::VecDeque;

use confab_model::{BareJid, CallId, SessionId, Signal};

/// Sessions that are remembered; the oldest are forgotten first. One call has one.
const MAX_SESSIONS: usize = 64;
/// Invitations that may bounce. An error takes a round trip, over federation a minute.
const MAX_PROPOSALS: usize = 32;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct CallMemory {
    sessions: VecDeque<(BareJid, SessionId)>,
    proposals: VecDeque<Proposal>,
}

#[derive(Debug)]
struct Proposal {
    stanza_id: String,
    call: CallId,
    to: BareJid,
}

impl CallMemory {
    /// A session's signal went to or came from this person. Returns whether there is such a session: XEP-0166 §6.1 wants
    /// to know who speaks of another one.
    pub(super) fn session(&mut self, with: &BareJid, signal: &Signal) -> bool {
        let Some(sid) = signal.session() else { return true };
        let known = self.sessions.iter().position(|(peer, known)| peer == with && known == sid);
        match (signal, known) {
            (Signal::SessionInitiate { .. }, None) => {
                if self.sessions.len() == MAX_SESSIONS {
                    self.sessions.pop_front();
                }
                self.sessions.push_back((with.clone(), sid.clone()));
                true
            }
            (Signal::SessionTerminate { .. }, Some(index)) => {
                self.sessions.remove(index);
                true
            }
            (_, known) => known.is_some(),
        }
    }

    /// The far side's client does not know this session.
    pub(super) fn is_gone(&mut self, with: &BareJid, sid: &SessionId) {
        self.sessions.retain(|(peer, known)| peer != with || known != sid);
    }

    /// An invitation goes out.
    pub(super) fn proposed(&mut self, stanza_id: String, call: CallId, to: BareJid) {
        if self.proposals.len() == MAX_PROPOSALS {
            self.proposals.pop_front();
        }
        self.proposals.push_back(Proposal { stanza_id, call, to });
    }

    /// A device of this person spoke about the call: the invitation arrived, whatever else comes back.
    pub(super) fn arrived(&mut self, call: &CallId, at: &BareJid) {
        self.proposals.retain(|proposal| proposal.call != *call || proposal.to != *at);
    }

    /// A message came back from this address: the call whose invitation it was.
    pub(super) fn bounced(&mut self, stanza_id: &str, from: &BareJid) -> Option<CallId> {
        let index =
            self.proposals.iter().position(|proposal| proposal.stanza_id == stanza_id && proposal.to == *from)?;
        self.proposals.remove(index).map(|proposal| proposal.call)
    }
}

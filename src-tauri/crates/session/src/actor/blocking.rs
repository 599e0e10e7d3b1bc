//! Who is blocked: asked once per session, kept up to date by the server's pushes.

use confab_model::BareJid;

use super::{Actor, Purpose, greeting::Question, requests::Answer};
use crate::{
    RequestError, SessionEvent,
    handle::Reply,
    xep::blocking_0191::{self, Push, Report},
};

type Done = Reply<Result<(), RequestError>>;

impl Actor {
    pub(super) fn blocked_told(&mut self, answer: Answer) {
        if !self.settle(Question::Blocked, &answer) {
            return;
        }
        match answer.ok().flatten().as_ref().and_then(blocking_0191::read_list) {
            Some(blocked) => {
                self.blocked = blocked.into_iter().collect();
                self.tell_blocked();
            }
            None => tracing::warn!("no list of who is blocked"),
        }
    }

    fn tell_blocked(&mut self) {
        let blocked = self.blocked.iter().cloned().collect();
        self.emit(SessionEvent::BlockedChanged { blocked });
    }

    /// The server says so, by a push or by its answer to this device. The caller has checked that it is the server.
    pub(super) fn block_changed(&mut self, push: Push) {
        let before = self.blocked.len();
        match push {
            Push::Blocked(people) => self.blocked.extend(people),
            Push::Unblocked(people) => people.iter().for_each(|jid| {
                self.blocked.remove(jid);
            }),
            Push::AllUnblocked => self.blocked.clear(),
        }
        if self.blocked.len() != before {
            self.tell_blocked();
        }
    }

    /// With a report where the server takes one.
    pub(super) fn block(&mut self, jid: BareJid, report: Option<&Report>, reply: Done) {
        if !self.may_block() {
            let _ = reply.send(Err(RequestError::Unsupported(blocking_0191::NS)));
            return;
        }
        let report = report.filter(|_| self.server.reporting);
        let payload = blocking_0191::block(&jid, report, self.own());
        self.request(true, None, payload, Purpose::Block { push: Push::Blocked(vec![jid]), reply });
    }

    pub(super) fn unblock(&mut self, jid: BareJid, reply: Done) {
        if !self.may_block() {
            let _ = reply.send(Err(RequestError::Unsupported(blocking_0191::NS)));
            return;
        }
        let payload = blocking_0191::unblock(&jid);
        self.request(true, None, payload, Purpose::Block { push: Push::Unblocked(vec![jid]), reply });
    }

    /// While offline the request says that.
    fn may_block(&self) -> bool {
        self.server.blocking || !self.connection.is_online()
    }
}

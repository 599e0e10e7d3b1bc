//! Jingle signals: the session of a call. Only the device that the call is with may send them.

use confab_model::{
    CallDirection, CallId, CallMedia, CallStage, Content, EndReason, MediaDescription, MediaKind, Moment, Provenance,
    Senders, SessionId, SessionInfo, TerminateReason,
};

use crate::{
    Calls, Ignored, Output, PeerRole, RemoteDescription, Standing,
    state::{Call, Session, State, WAITING_CANDIDATES_MAX},
};

/// User fragments that a restart replaced; late candidates of these are dropped.
const OLD_UFRAGS_MAX: usize = 16;

/// What a transport-info brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    Candidates,
    NewCredentials,
    Stale,
}

impl Calls {
    /// The call whose session this is, if the signal comes from its device.
    pub(crate) fn session(&mut self, sid: &SessionId, from: &Provenance) -> Option<usize> {
        let id = CallId(sid.0.clone());
        let Some(index) = self.position(&id) else {
            let settled = self.settled.remote_of(&id).is_some();
            self.ignore(if settled { Ignored::Settled } else { Ignored::Unknown }, &from.from);
            return None;
        };
        let call = &self.calls[index];
        if call.is_device(&from.from) {
            return Some(index);
        }
        let why = if call.remote == from.from.bare() { Ignored::WrongDevice } else { Ignored::Forged };
        self.ignore(why, &from.from);
        None
    }

    pub(crate) fn on_session_initiate(
        &mut self,
        sid: &SessionId,
        offer: MediaDescription,
        from: &Provenance,
        sender: Standing,
        now: Moment,
    ) {
        let id = CallId(sid.0.clone());
        if self.position(&id).is_none() {
            if self.settled.remote_of(&id).is_none() {
                return self.on_unannounced(id, offer, from, sender, now);
            }
            if self.settled.may_tell(&id, &from.from.bare()) {
                self.answer_stale(sid.clone(), TerminateReason::Gone, &from.from);
            }
        }
        let Some(index) = self.session(sid, from) else { return };
        let call = &mut self.calls[index];
        if call.direction != CallDirection::Incoming {
            return self.ignore(Ignored::OutOfOrder, &from.from);
        }
        if call.session.remote_applied || call.session.waiting_offer.is_some() {
            return self.ignore(Ignored::Duplicate, &from.from);
        }
        call.speaks_bundle = from.speaks_bundle;
        call.repair.initiator_restarts = !from.speaks_confab;
        call.session.waiting_offer = Some(offer);
        // Before accept it only waits: nothing of this device is given away for it.
        if call.state == State::Connecting {
            call.apply_waiting_offer(now, &mut self.out);
        }
    }

    pub(crate) fn on_session_accept(
        &mut self,
        sid: &SessionId,
        answer: MediaDescription,
        from: &Provenance,
        now: Moment,
    ) {
        let Some(index) = self.session(sid, from) else { return };
        let call = &mut self.calls[index];
        if call.role() != PeerRole::Initiator || !call.session.local_sent {
            return self.ignore(Ignored::OutOfOrder, &from.from);
        }
        if call.session.remote_applied {
            return self.ignore(Ignored::Duplicate, &from.from);
        }
        call.describe(&answer, now);
        let call_id = call.id.clone();
        self.out.push(Output::ApplyRemote { call: call_id, description: RemoteDescription::Answer(answer) });
        call.flush_remote_candidates(&mut self.out);
        call.tell_initial_state(&mut self.out);
        call.check_connected(now);
    }

    pub(crate) fn on_session_terminate(
        &mut self,
        sid: &SessionId,
        reason: &TerminateReason,
        text: Option<String>,
        from: &Provenance,
        now: Moment,
    ) {
        let Some(index) = self.session(sid, from) else { return };
        let call = &mut self.calls[index];
        call.end_by_remote(reason, text, now, &mut self.out);
        self.drop_claims_of(index);
    }

    pub(crate) fn on_transport_info(
        &mut self,
        sid: &SessionId,
        description: MediaDescription,
        from: &Provenance,
        now: Moment,
    ) {
        let Some(index) = self.session(sid, from) else { return };
        let call = &mut self.calls[index];
        if !call.session.remote_applied {
            if call.session.waiting_remote.len() == WAITING_CANDIDATES_MAX {
                return self.ignore(Ignored::QueueFull, &from.from);
            }
            call.session.waiting_remote.push(description);
            return;
        }
        let description = match call.session.classify(&description) {
            Transport::Candidates => RemoteDescription::Candidates(description),
            Transport::Stale => return self.ignore(Ignored::StaleIce, &from.from),
            Transport::NewCredentials => {
                let Some(restart) = call.remote_restarts(description, now, self.config.timers) else {
                    return self.ignore(Ignored::StaleIce, &from.from);
                };
                restart
            }
        };
        let call_id = call.id.clone();
        self.out.push(Output::ApplyRemote { call: call_id, description });
        self.restart_again(index, now);
    }

    pub(crate) fn on_session_info(&mut self, sid: &SessionId, info: SessionInfo, from: &Provenance, now: Moment) {
        let Some(index) = self.session(sid, from) else { return };
        let call = &mut self.calls[index];
        if !call.state.is_answered() {
            return self.ignore(Ignored::OutOfOrder, &from.from);
        }
        let (name, off) = match info {
            SessionInfo::Hold => return call.set_remote_held(true, now),
            SessionInfo::Unhold | SessionInfo::Active => return call.set_remote_held(false, now),
            SessionInfo::Ringing => return,
            SessionInfo::Mute(name) => (name, true),
            SessionInfo::Unmute(name) => (name, false),
        };
        let kind = match &name {
            None => None,
            Some(name) => match call.session.remote_kinds.get(name) {
                Some(kind) => Some(*kind),
                None => return self.ignore(Ignored::Irrelevant, &from.from),
            },
        };
        if kind != Some(MediaKind::Video) {
            call.remote_media.muted = off;
        }
        if kind != Some(MediaKind::Audio) && call.session.remote_has(MediaKind::Video) {
            call.remote_media.camera = !off && call.media == CallMedia::Video;
        }
        call.check_connected(now);
    }

    /// The far side's client did not take a signal of ours. Once both descriptions are there, all but "no such session"
    /// are about single pieces of information, or a server that is away for a moment: candidates that are missed may
    /// not matter, and the connect deadline decides.
    pub(crate) fn on_session_error(
        &mut self,
        (sid, condition, is_description): (&SessionId, &str, bool),
        from: &Provenance,
        now: Moment,
    ) {
        let Some(index) = self.session(sid, from) else { return };
        let call = &mut self.calls[index];
        let no_session = matches!(condition, "unknown-session" | "item-not-found" | "gone");
        let no_device = matches!(
            condition,
            "service-unavailable" | "recipient-unavailable" | "remote-server-not-found" | "remote-server-timeout"
        );
        let refused = matches!(condition, "bad-request" | "not-acceptable" | "forbidden" | "feature-not-implemented");
        // A candidate or a word on the camera that the far side cannot read ends nothing.
        let refused = refused && is_description;
        let agreed = call.session.remote_applied && call.session.local_sent;
        let duration_s = call.duration_s(now);
        match call.state {
            State::Connecting if no_session || (!agreed && (no_device || refused)) => {
                call.fail_to_connect(CallStage::Signalling, now, &mut self.out);
            }
            // The media may still flow while a server is away, but not without a session at the other end.
            State::Connected { .. } | State::Reconnecting { .. } if no_session => {
                call.terminate(TerminateReason::ConnectivityError, None, None, &mut self.out);
                call.finish_with(EndReason::ConnectionLost { duration_s }, now, &mut self.out);
            }
            State::Held
            | State::Inviting
            | State::Ringing
            | State::Connecting
            | State::Connected { .. }
            | State::Reconnecting { .. } => return self.ignore(Ignored::Irrelevant, &from.from),
        }
        self.drop_claims_of(index);
    }
}

impl Call {
    /// The offer that waited for this side's answer goes to the peer.
    pub(crate) fn apply_waiting_offer(&mut self, now: Moment, out: &mut Vec<Output>) {
        let Some(offer) = self.session.waiting_offer.take() else { return };
        // The caller took this device, whichever other one answered too.
        self.answered_elsewhere = None;
        self.describe(&offer, now);
        out.push(Output::ApplyRemote { call: self.id.clone(), description: RemoteDescription::Offer(offer) });
        self.flush_remote_candidates(out);
    }

    fn flush_remote_candidates(&mut self, out: &mut Vec<Output>) {
        for candidates in std::mem::take(&mut self.session.waiting_remote) {
            if self.session.classify(&candidates) == Transport::Candidates {
                let description = RemoteDescription::Candidates(candidates);
                out.push(Output::ApplyRemote { call: self.id.clone(), description });
            }
        }
    }

    /// Notes what the far side's offer or answer says.
    fn describe(&mut self, description: &MediaDescription, now: Moment) {
        let session = &mut self.session;
        session.remote_applied = true;
        for content in &description.contents {
            session.remote_kinds.insert(content.name.clone(), content.kind);
            if !content.transport.ufrag.is_empty() {
                session.remote_ufrags.insert(content.name.clone(), content.transport.ufrag.clone());
            }
        }
        let elapsed = self.elapsed_ms(now);
        self.timings.described_ms.get_or_insert(elapsed);
        if !description.has(MediaKind::Video) {
            self.media = CallMedia::Audio;
            self.local.camera = false;
        }
        let sends = sends_video(description, self.role()).unwrap_or(false);
        self.remote_media.camera = sends && self.media == CallMedia::Video && self.session.camera_told.unwrap_or(true);
    }

    fn set_remote_held(&mut self, held: bool, now: Moment) {
        self.remote_media.held = held;
        self.check_connected(now);
    }
}

impl Session {
    fn classify(&self, description: &MediaDescription) -> Transport {
        let verdicts = description.contents.iter().map(|content| self.classify_content(content));
        let mut all = Transport::Candidates;
        for verdict in verdicts {
            match verdict {
                Transport::NewCredentials => return verdict,
                Transport::Stale => all = verdict,
                Transport::Candidates => {}
            }
        }
        all
    }

    fn classify_content(&self, content: &Content) -> Transport {
        let ufrag = &content.transport.ufrag;
        match self.remote_ufrags.get(&content.name) {
            None => Transport::Candidates,
            Some(current) if ufrag.is_empty() || current == ufrag => Transport::Candidates,
            Some(_) if self.old_ufrags.contains(ufrag) || content.transport.pwd.is_empty() => Transport::Stale,
            Some(_) => Transport::NewCredentials,
        }
    }

    pub(crate) fn renew_ufrags(&mut self, description: &MediaDescription) {
        for content in &description.contents {
            let ufrag = content.transport.ufrag.clone();
            if ufrag.is_empty() {
                continue;
            }
            if let Some(old) = self.remote_ufrags.insert(content.name.clone(), ufrag) {
                if self.old_ufrags.len() == OLD_UFRAGS_MAX {
                    self.old_ufrags.pop_front();
                }
                self.old_ufrags.push_back(old);
            }
        }
    }
}

/// Whether the far side sends video, if the description tells: `local` is our own role.
pub(crate) fn sends_video(description: &MediaDescription, local: PeerRole) -> Option<bool> {
    let mut videos = description.contents.iter().filter(|content| content.kind == MediaKind::Video).peekable();
    videos.peek()?;
    Some(videos.any(|content| match content.senders {
        Senders::Both => true,
        Senders::Initiator => local == PeerRole::Responder,
        Senders::Responder => local == PeerRole::Initiator,
        Senders::None => false,
    }))
}

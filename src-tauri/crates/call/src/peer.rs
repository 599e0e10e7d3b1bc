//! What the media session of a call tells, and when a call counts as connected.

use confab_model::{
    CallId, CallMedia, CallStage, Content, EndReason, MediaDescription, MediaKind, Moment, Signal, TerminateReason,
};

use crate::{
    Calls, Output, PeerEvent, PeerRole,
    state::{Call, State, WAITING_CANDIDATES_MAX},
    timers::Timer,
};

impl Calls {
    pub(crate) fn on_peer(&mut self, id: &CallId, event: PeerEvent, now: Moment) {
        let open = |index: &usize| self.calls[*index].session.peer_open;
        let Some(index) = self.position(id).filter(open) else { return };
        let call = &mut self.calls[index];
        let elapsed = call.elapsed_ms(now);
        match event {
            PeerEvent::LocalOffer(offer) => call.send_offer(offer, &mut self.out),
            PeerEvent::LocalAnswer(answer) => call.send_answer(answer, &mut self.out),
            PeerEvent::LocalCandidates(candidates) => call.send_candidates(candidates, &mut self.out),
            PeerEvent::LocalAddition(offer) => call.send_addition(offer, &mut self.out),
            PeerEvent::LocalAcceptance(answer) => call.send_acceptance(answer, &mut self.out),
            PeerEvent::ContentFailed { content } => self.content_failed(index, &content),
            PeerEvent::RestartOffer(offer) => call.send_restart_offer(offer, now, &mut self.out),
            PeerEvent::RestartAnswer(answer) => call.send_restart_answer(answer, now, &mut self.out),
            PeerEvent::IceConnected => {
                call.session.ice_connected = true;
                call.timings.ice_ms.get_or_insert(elapsed);
                call.repaired();
            }
            PeerEvent::Connected => {
                call.session.ice_connected = true;
                call.session.transport_up = true;
                call.timings.ice_ms.get_or_insert(elapsed);
                call.timings.connected_ms.get_or_insert(elapsed);
                call.repaired();
                call.check_connected(now);
            }
            PeerEvent::Disconnected => self.connection_lost(index, now),
            PeerEvent::Failed { stage } => self.peer_failed(index, stage, now),
            PeerEvent::FirstFrame { kind: MediaKind::Audio } => {
                call.session.audio_seen = true;
                call.timings.first_audio_ms.get_or_insert(elapsed);
                call.check_connected(now);
                if call.state == State::Connecting {
                    call.timers.set(Timer::Picture, now.mono + self.config.timers.picture);
                }
            }
            PeerEvent::FirstFrame { kind: MediaKind::Video } => {
                call.session.video_seen = true;
                call.timings.first_video_ms.get_or_insert(elapsed);
                call.check_connected(now);
            }
            PeerEvent::FirstRtcp => {
                call.session.rtcp_seen = true;
                call.check_connected(now);
            }
        }
    }

    fn peer_failed(&mut self, index: usize, stage: CallStage, now: Moment) {
        let call = &mut self.calls[index];
        match (call.state, stage) {
            (State::Connecting, _) => call.fail_to_connect(stage, now, &mut self.out),
            // A restart may still help.
            (State::Connected { .. } | State::Reconnecting { .. }, CallStage::Ice) => {
                // One that could not even begin (no interface is up) keeps no other waiting.
                call.repair.offered_at = None;
                call.repair.being_made = false;
                return self.connection_lost(index, now);
            }
            (
                State::Connected { .. } | State::Reconnecting { .. },
                CallStage::Signalling | CallStage::Dtls | CallStage::Media,
            ) => {
                let duration_s = call.duration_s(now);
                call.terminate(TerminateReason::FailedTransport, None, None, &mut self.out);
                call.finish_with(EndReason::ConnectionLost { duration_s }, now, &mut self.out);
            }
            (State::Held | State::Inviting | State::Ringing, _) => return,
        }
        self.drop_claims_of(index);
    }
}

impl Call {
    fn send_offer(&mut self, offer: MediaDescription, out: &mut Vec<Output>) {
        if self.role() != PeerRole::Initiator || self.session.local_sent || self.state != State::Connecting {
            return;
        }
        self.note_local(&offer);
        self.send_to_device(Signal::SessionInitiate { sid: self.sid(), description: offer }, out);
        self.flush_local_candidates(out);
    }

    fn send_answer(&mut self, answer: MediaDescription, out: &mut Vec<Output>) {
        let answers = self.role() == PeerRole::Responder && self.session.remote_applied;
        if !answers || self.session.local_sent || self.state != State::Connecting {
            return;
        }
        self.note_local(&answer);
        self.send_to_device(Signal::SessionAccept { sid: self.sid(), description: answer }, out);
        self.flush_local_candidates(out);
        self.tell_initial_state(out);
    }

    fn note_local(&mut self, description: &MediaDescription) {
        self.session.local_sent = true;
        let kinds = description.contents.iter().map(|content| (content.name.clone(), content.kind));
        self.session.local_kinds = kinds.collect();
    }

    /// Candidates of contents that the far side does not know yet mean nothing to it: they wait.
    fn send_candidates(&mut self, candidates: MediaDescription, out: &mut Vec<Output>) {
        let MediaDescription { mut contents, bundle } = candidates;
        contents.retain(|content| !self.session.spent.contains(&content.name));
        let is_known =
            |content: &Content| self.session.local_sent && self.session.local_kinds.contains_key(&content.name);
        let (known, waiting): (Vec<_>, Vec<_>) = contents.into_iter().partition(is_known);
        self.trickle(MediaDescription { contents: known, bundle: bundle.clone() }, out);
        if !waiting.is_empty() && self.session.waiting_local.len() < WAITING_CANDIDATES_MAX {
            self.session.waiting_local.push(MediaDescription { contents: waiting, bundle });
        }
    }

    pub(crate) fn flush_local_candidates(&mut self, out: &mut Vec<Output>) {
        for candidates in std::mem::take(&mut self.session.waiting_local) {
            self.send_candidates(candidates, out);
        }
    }

    /// One stanza per content, as in the examples of XEP-0176 §5.8: Dino refuses more ("can't process multiple content
    /// nodes").
    fn trickle(&mut self, candidates: MediaDescription, out: &mut Vec<Output>) {
        let MediaDescription { contents, bundle } = candidates;
        for content in contents {
            let description = MediaDescription { contents: vec![content], bundle: bundle.clone() };
            self.send_to_device(Signal::TransportInfo { sid: self.sid(), description }, out);
        }
    }

    /// The far side announced a picture, and its sound has been here for a while without one.
    pub(crate) fn stop_waiting_for_picture(&mut self, now: Moment) {
        if self.state == State::Connecting && self.session.transport_up && self.session.remote_applied {
            self.become_connected(now);
        }
    }

    /// `calls.md` section 2: connected is when something of the far side is decoded, its picture if it sends one. A far
    /// side that sends nothing (muted, held, no camera) is connected with its first report.
    pub(crate) fn check_connected(&mut self, now: Moment) {
        let session = &self.session;
        if self.state != State::Connecting || !session.transport_up || !session.remote_applied {
            return;
        }
        let any = session.audio_seen || session.video_seen;
        let video = self.media == CallMedia::Video && self.remote_media.camera && !self.remote_media.held;
        let audio = session.remote_has(MediaKind::Audio) && !self.remote_media.muted && !self.remote_media.held;
        let arrived = match (video, audio) {
            (true, _) => session.video_seen,
            (false, true) => any,
            (false, false) => any || session.rtcp_seen,
        };
        if arrived {
            self.become_connected(now);
        }
    }
}

//! Pictures that come into a call and go out of it: content-add, -accept, -reject, -remove (XEP-0166 §7.2).
//!
//! An added content has a transport of its own, so nothing that runs is touched by it. A far side that adds pictures shows
//! its own and opens no camera here. When both sides add at the same time, the initiator's addition is the one (§7.2.1,
//! tie-break), and the responder's camera goes on with it, since its person wanted that too.

use std::{collections::BTreeSet, time::Duration};

use confab_model::{
    CallId, CallMedia, Content, ContentAction, ContentName, Creator, MediaDescription, MediaKind, Moment, Provenance,
    RequestId, SessionId, Signal, TransportDescription,
};

use crate::{
    Calls, Done, Ignored, OperationError, Output, PeerRole, RemoteDescription,
    jingle::sends_video,
    state::{Call, Session},
    timers::Timer,
};

/// Names of contents that are gone. The media session lets fewer in over its life.
pub(crate) type Spent = BTreeSet<ContentName>;
const SPENT_MAX: usize = 64;

/// A content on its way into the session.
#[derive(Debug, Clone)]
pub(crate) struct Addition {
    name: ContentName,
    by: By,
    /// The operation that waits for it.
    request: Option<RequestId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// `told`: the far side knows of it.
    Us {
        told: bool,
    },
    Them {
        sends: bool,
    },
}

impl Calls {
    /// Pictures for a call without: the answer comes with the far side's.
    pub(crate) fn add_video(
        &mut self,
        request: &RequestId,
        id: &CallId,
        now: Moment,
    ) -> Result<Option<Done>, OperationError> {
        let addition = self.config.timers.addition;
        let index = self.require(id, "addVideo", |call| {
            call.state.connected_since().is_some()
                && call.media == CallMedia::Audio
                && call.session.addition.as_ref().is_none_or(|addition| addition.request.is_none())
        })?;
        let call = &mut self.calls[index];
        if let Some(addition) = &mut call.session.addition {
            // The far side adds pictures just now: ours come with them.
            addition.request = Some(request.clone());
            return Ok(None);
        }
        let content = call.next_video_name();
        call.session.addition =
            Some(Addition { name: content.clone(), by: By::Us { told: false }, request: Some(request.clone()) });
        call.timers.set(Timer::Addition, now.mono + addition);
        self.out.push(Output::AddContent { call: id.clone(), content, kind: MediaKind::Video });
        Ok(None)
    }

    /// Back to a call without pictures, for both sides.
    pub(crate) fn remove_video(&mut self, id: &CallId) -> Result<Done, OperationError> {
        let index = self.require(id, "removeVideo", |call| {
            call.state.connected_since().is_some() && call.media == CallMedia::Video
        })?;
        let call = &mut self.calls[index];
        for name in call.session.videos() {
            call.send_removal(&name, ContentAction::Remove, &mut self.out);
            call.take_out(&name, &mut self.out);
        }
        Ok(Done::Ok)
    }

    pub(crate) fn on_content_change(
        &mut self,
        sid: &SessionId,
        action: ContentAction,
        description: MediaDescription,
        from: &Provenance,
        now: Moment,
    ) {
        let Some(index) = self.session(sid, from) else { return };
        let addition = self.config.timers.addition;
        let call = &mut self.calls[index];
        let is_known = match action {
            ContentAction::Add if call.has_from_them(&description) => {
                return self.ignore(Ignored::Duplicate, &from.from);
            }
            ContentAction::Add if call.state.is_answered() => {
                call.addition_offered(description, (now, addition), &mut self.out);
                true
            }
            ContentAction::Modify => {
                if let Some(on) = sends_video(&description, call.role()) {
                    call.remote_media.camera = on && call.media == CallMedia::Video;
                }
                true
            }
            ContentAction::Accept => call.addition_accepted(description, &mut self.out),
            ContentAction::Reject => call.addition_rejected(&description, &mut self.out),
            ContentAction::Remove => call.removed(&description, &mut self.out),
            ContentAction::Add => false,
        };
        if !is_known {
            self.ignore(Ignored::OutOfOrder, &from.from);
        }
    }

    /// The media session could not add, take or keep a content.
    pub(crate) fn content_failed(&mut self, index: usize, name: &ContentName) {
        let call = &mut self.calls[index];
        match call.session.addition.take_if(|addition| addition.name == *name) {
            Some(addition) => call.give_up(addition, &mut self.out),
            None if call.session.local_kinds.get(name) == Some(&MediaKind::Video) => {
                call.send_removal(name, ContentAction::Remove, &mut self.out);
                call.take_out(name, &mut self.out);
            }
            None => {}
        }
    }
}

impl Call {
    /// A name that neither side has used in this session. Each side has its own first word, so that crossing additions
    /// never share one.
    fn next_video_name(&self) -> ContentName {
        let word = match self.role() {
            PeerRole::Initiator => "video",
            PeerRole::Responder => "camera",
        };
        let session = &self.session;
        let is_used = |name: &ContentName| {
            session.local_kinds.contains_key(name)
                || session.remote_kinds.contains_key(name)
                || session.spent.contains(name)
        };
        let numbered = (2..).map(|number| ContentName(format!("{word}-{number}")));
        let mut names = std::iter::once(ContentName::from(word)).chain(numbered);
        names.find(|name| !is_used(name)).unwrap_or_else(|| ContentName::from(word))
    }

    /// The far side has said so before.
    fn has_from_them(&self, offer: &MediaDescription) -> bool {
        let [content] = offer.contents.as_slice() else { return false };
        let is_pending = |addition: &Addition| addition.name == content.name && matches!(addition.by, By::Them { .. });
        let is_known = self.session.creators.get(&content.name) == Some(&content.creator);
        is_known
            && (self.session.addition.as_ref().is_some_and(is_pending) || self.session.videos().contains(&content.name))
    }

    /// The far side wants to add: only one content of pictures, and only where there is none.
    fn addition_offered(
        &mut self,
        offer: MediaDescription,
        (now, patience): (Moment, Duration),
        out: &mut Vec<Output>,
    ) {
        let crossing = self.session.addition.as_ref();
        let ours_stays =
            crossing.is_some_and(|it| matches!(it.by, By::Them { .. }) || self.role() == PeerRole::Initiator);
        let fits = |content: &Content| {
            content.kind == MediaKind::Video
                && !content.is_screen
                && !self.session.knows(&content.name)
                && self.session.videos().is_empty()
        };
        let content = match offer.contents.as_slice() {
            [content] if fits(content) && !ours_stays && self.state.connected_since().is_some() => content,
            _ => {
                let signal =
                    Signal::ContentChange { sid: self.sid(), action: ContentAction::Reject, description: offer };
                return self.send_to_device(signal, out);
            }
        };
        let name = content.name.clone();
        let sends = sends_video(&offer, self.role()).unwrap_or(false);
        let mut request = None;
        if let Some(lost) = self.session.addition.take() {
            request = lost.request;
            self.session.local_kinds.remove(&lost.name);
            self.session.spent.insert(lost.name.clone());
            out.push(Output::RemoveContent { call: self.id.clone(), content: lost.name });
        }
        self.session.note_remote(content);
        self.session.addition = Some(Addition { name, by: By::Them { sends }, request });
        self.timers.set(Timer::Addition, now.mono + patience);
        out.push(Output::ApplyRemote { call: self.id.clone(), description: RemoteDescription::Addition(offer) });
    }

    /// The own addition is described: the far side is told.
    pub(crate) fn send_addition(&mut self, offer: MediaDescription, out: &mut Vec<Output>) {
        let Some(addition) = &mut self.session.addition else { return };
        let is_it = addition.by == (By::Us { told: false }) && offer.contents.iter().any(|c| c.name == addition.name);
        if !is_it {
            return;
        }
        addition.by = By::Us { told: true };
        self.session.local_kinds.insert(addition.name.clone(), MediaKind::Video);
        let signal = Signal::ContentChange { sid: self.sid(), action: ContentAction::Add, description: offer };
        self.send_to_device(signal, out);
        self.flush_local_candidates(out);
    }

    /// The far side's addition is answered.
    pub(crate) fn send_acceptance(&mut self, answer: MediaDescription, out: &mut Vec<Output>) {
        let is_it = |addition: &mut Addition| answer.contents.iter().any(|content| content.name == addition.name);
        let Some(addition) = self.session.addition.take_if(is_it) else { return };
        let By::Them { sends } = addition.by else {
            self.session.addition = Some(addition);
            return;
        };
        self.session.local_kinds.insert(addition.name.clone(), MediaKind::Video);
        self.session.spent.remove(&addition.name);
        let signal = Signal::ContentChange { sid: self.sid(), action: ContentAction::Accept, description: answer };
        self.send_to_device(signal, out);
        self.flush_local_candidates(out);
        self.has_video(addition, sends, out);
    }

    fn addition_accepted(&mut self, answer: MediaDescription, out: &mut Vec<Output>) -> bool {
        let is_it = |addition: &mut Addition| {
            addition.by == (By::Us { told: true })
                && answer.contents.iter().any(|content| content.name == addition.name)
        };
        let Some(addition) = self.session.addition.take_if(is_it) else {
            // Accepted after it was given up here: the far side must not go on showing what nobody sends.
            let gone = answer.contents.iter().filter(|content| self.session.spent.contains(&content.name));
            gone.for_each(|content| self.send_removal(&content.name, ContentAction::Remove, out));
            return false;
        };
        if let Some(content) = answer.contents.iter().find(|content| content.name == addition.name) {
            self.session.note_remote(content);
        }
        let sends = sends_video(&answer, self.role()).unwrap_or(false);
        let description = RemoteDescription::AdditionAnswer(answer);
        out.push(Output::ApplyRemote { call: self.id.clone(), description });
        self.has_video(addition, sends, out);
        true
    }

    /// There are pictures in the call from now on; the own camera if the person here asked for it.
    fn has_video(&mut self, addition: Addition, remote_sends: bool, out: &mut Vec<Output>) {
        let camera = addition.request.is_some();
        self.timers.clear(Timer::Addition);
        self.media = CallMedia::Video;
        self.local.camera = camera;
        self.remote_media.camera = remote_sends;
        out.push(Output::StartMedia { call: self.id.clone(), media: CallMedia::Video, camera });
        if !camera {
            self.tell_content(MediaKind::Video, false, out);
        }
        if let Some(request) = addition.request {
            out.push(Output::Finished { request, result: Ok(Done::Ok) });
        }
    }

    fn addition_rejected(&mut self, description: &MediaDescription, out: &mut Vec<Output>) -> bool {
        let is_it = |addition: &mut Addition| {
            addition.by == (By::Us { told: true })
                && description.contents.iter().any(|content| content.name == addition.name)
        };
        let Some(addition) = self.session.addition.take_if(is_it) else {
            // That of an addition which lost against the far side's own.
            return description.contents.iter().any(|content| self.session.spent.contains(&content.name));
        };
        self.drop_addition(addition, out);
        true
    }

    /// What the far side takes out. Sound stays: a call without it would be none.
    fn removed(&mut self, description: &MediaDescription, out: &mut Vec<Output>) -> bool {
        let named: Vec<&ContentName> = description.contents.iter().map(|content| &content.name).collect();
        if let Some(addition) = self.session.addition.take_if(|addition| named.contains(&&addition.name)) {
            self.drop_addition(addition, out);
            return true;
        }
        let mut is_any = false;
        for name in self.session.videos().into_iter().filter(|name| named.contains(&name)) {
            self.take_out(&name, out);
            is_any = true;
        }
        is_any
    }

    /// Nobody answered in time, or the media session could not do it.
    fn give_up(&mut self, addition: Addition, out: &mut Vec<Output>) {
        match addition.by {
            By::Us { told: false } => {}
            By::Us { told: true } => self.send_removal(&addition.name, ContentAction::Remove, out),
            By::Them { .. } => self.send_removal(&addition.name, ContentAction::Reject, out),
        }
        self.drop_addition(addition, out);
    }

    pub(crate) fn addition_expired(&mut self, out: &mut Vec<Output>) {
        if let Some(addition) = self.session.addition.take() {
            self.give_up(addition, out);
        }
    }

    fn drop_addition(&mut self, addition: Addition, out: &mut Vec<Output>) {
        self.timers.clear(Timer::Addition);
        self.session.forget(&addition.name);
        out.push(Output::RemoveContent { call: self.id.clone(), content: addition.name });
        if let Some(request) = addition.request {
            out.push(Output::Finished { request, result: Err(OperationError::VideoRefused) });
        }
    }

    /// The call ends: whoever waits for an addition is told.
    pub(crate) fn abandon_addition(&mut self, out: &mut Vec<Output>) {
        if let Some(request) = self.session.addition.take().and_then(|addition| addition.request) {
            out.push(Output::Finished { request, result: Err(OperationError::UnknownCall) });
        }
    }

    fn take_out(&mut self, name: &ContentName, out: &mut Vec<Output>) {
        self.session.forget(name);
        self.media = CallMedia::Audio;
        self.local.camera = false;
        self.remote_media.camera = false;
        self.session.video_seen = false;
        out.push(Output::RemoveContent { call: self.id.clone(), content: name.clone() });
    }

    /// A content by its name alone.
    fn send_removal(&self, name: &ContentName, action: ContentAction, out: &mut Vec<Output>) {
        let creator = self.session.creators.get(name).copied().unwrap_or(Creator::Initiator);
        let content = Content::bare(name.clone(), creator, MediaKind::Video, TransportDescription::default());
        let description = MediaDescription { contents: vec![content], bundle: Vec::new() };
        self.send_to_device(Signal::ContentChange { sid: self.sid(), action, description }, out);
    }
}

impl Session {
    /// The contents with pictures that both sides have.
    fn videos(&self) -> Vec<ContentName> {
        let is_pending = |name: &ContentName| self.addition.as_ref().is_some_and(|addition| addition.name == *name);
        let videos = self.remote_kinds.iter().filter(|(_, kind)| **kind == MediaKind::Video);
        videos.map(|(name, _)| name.clone()).filter(|name| !is_pending(name)).collect()
    }

    fn knows(&self, name: &ContentName) -> bool {
        self.local_kinds.contains_key(name) || self.remote_kinds.contains_key(name)
    }

    fn note_remote(&mut self, content: &Content) {
        self.remote_kinds.insert(content.name.clone(), content.kind);
        self.creators.insert(content.name.clone(), content.creator);
        if !content.transport.ufrag.is_empty() {
            self.remote_ufrags.insert(content.name.clone(), content.transport.ufrag.clone());
        }
    }

    fn forget(&mut self, name: &ContentName) {
        self.local_kinds.remove(name);
        self.remote_kinds.remove(name);
        self.remote_ufrags.remove(name);
        self.creators.remove(name);
        if self.spent.len() < SPENT_MAX {
            self.spent.insert(name.clone());
        }
    }
}

//! One running call: the task that owns its peer connection and its media.
//!
//! In: orders of the call machine, events of the peer, news of the media, what windows say of pictures. Out: events
//! for the machine through the account's mailbox, events for people through the bus. It decides nothing about the
//! call: a failure is told, and the machine says what follows.

use std::{sync::Arc, time::Duration};

use confab_call::{Gate, PeerEvent as CallEvent, PeerRole, RemoteDescription};
use confab_model::{
    AccountId, CallId, CallMedia, CallStage, ContentName, Event, MediaDescription, MediaKind, QualityReport,
    VideoSourceKind,
};
use confab_peer::{LocalContent, Peer, PeerConfig, PeerError, PeerEvent, PeerStatistics};
use tokio::{
    sync::{broadcast, mpsc, watch},
    time::{Instant, MissedTickBehavior},
};
use tracing::Instrument as _;

use super::{
    OpenCall,
    course::{self, CallCourse},
    loss::SoundLoss,
    media::{CallMediaRun, MediaNews},
    packets::Inbound,
    quality::{Measured, QualityHistory, level, permille},
    stack::CallStack,
    tasks::TaskInputs,
};
use crate::{account::AccountMessage, picture_hub::PictureFeedback};

/// Quality is told this often (`docs/call-states.md`, media events).
const QUALITY_INTERVAL: Duration = Duration::from_secs(2);
/// The actor is never this long away; if it is, it is not there any more.
const MAILBOX_TIMEOUT: Duration = Duration::from_secs(5);

/// What the machine ordered.
#[derive(Debug)]
pub(super) enum DriverOrder {
    ApplyRemote(RemoteDescription),
    RestartIce,
    AddContent { content: ContentName, kind: MediaKind },
    RemoveContent { content: ContentName },
    StartMedia { media: CallMedia, camera: bool },
    StopMedia,
    Close,
}

/// What a driver tells its account.
#[derive(Debug)]
pub(crate) enum DriverEvent {
    Peer(CallEvent),
    Quality(QualityReport),
}

/// What a driver is started with.
pub(super) struct DriverStart {
    pub(super) account: AccountId,
    pub(super) stack: Arc<CallStack>,
    pub(super) mailbox: mpsc::WeakSender<AccountMessage>,
    pub(super) inputs: TaskInputs,
    pub(super) open: OpenCall,
}

pub(super) struct Driver {
    account: AccountId,
    call: CallId,
    stack: Arc<CallStack>,
    mailbox: mpsc::WeakSender<AccountMessage>,
    orders: mpsc::Receiver<DriverOrder>,
    gate: watch::Receiver<Gate>,
    peer: Arc<dyn Peer>,
    peer_events: mpsc::Receiver<PeerEvent>,
    media: CallMediaRun,
    news: mpsc::Receiver<MediaNews>,
    feedback: broadcast::Receiver<PictureFeedback>,
    raw_wanted: watch::Receiver<bool>,
    selection: watch::Receiver<confab_model::DeviceSelection>,
    opened: Instant,
    first_video_told: bool,
    before: PeerStatistics,
    sound_loss: SoundLoss,
    history: QualityHistory,
}

impl Driver {
    pub(super) async fn run(start: DriverStart) {
        let span = tracing::info_span!("call", id = %start.open.call);
        async {
            let (call, mailbox) = (start.open.call.clone(), start.mailbox.clone());
            let is_initiator = start.open.role == PeerRole::Initiator;
            match Self::open(start) {
                Ok(driver) => driver.drive(is_initiator).await,
                Err(error) => {
                    tracing::error!(%error, "no media session");
                    tell(&mailbox, call, DriverEvent::Peer(CallEvent::Failed { stage: CallStage::Ice })).await;
                }
            }
        }
        .instrument(span)
        .await;
    }

    fn open(start: DriverStart) -> Result<Self, PeerError> {
        let DriverStart { account, stack, mailbox, inputs, open } = start;
        let OpenCall { call, role, media, send_video, bundle, ice_servers } = open;
        let role = match role {
            PeerRole::Initiator => confab_peer::PeerRole::Initiator,
            PeerRole::Responder => confab_peer::PeerRole::Responder,
        };
        let mut contents = vec![LocalContent::both("audio", MediaKind::Audio)];
        if media == CallMedia::Video {
            contents.push(LocalContent { sends: send_video, ..LocalContent::both("video", MediaKind::Video) });
        }
        let mut config = PeerConfig::new(role, contents);
        config.bundle = bundle;
        config.ice_servers = ice_servers;
        config.loopback = stack.options.loopback;
        config.relay_only = stack.options.relay_only;
        config.extra_ca = stack.ca_file.clone();
        let (peer, peer_events, packets) = confab_peer::open(config)?;
        let peer: Arc<dyn Peer> = peer.into();
        let inbound = Inbound::start(packets);
        let (media, news) = CallMediaRun::new(call.clone(), Arc::clone(&stack), Arc::clone(&peer), inbound);
        Ok(Self {
            feedback: stack.hub.feedback(),
            raw_wanted: stack.hub.raw_wanted(),
            selection: stack.selection.clone(),
            account,
            call,
            stack,
            mailbox,
            orders: inputs.orders,
            gate: inputs.gate,
            peer,
            peer_events,
            media,
            news,
            opened: Instant::now(),
            first_video_told: false,
            before: PeerStatistics::default(),
            sound_loss: SoundLoss::default(),
            history: QualityHistory::default(),
        })
    }

    async fn drive(mut self, is_initiator: bool) {
        if is_initiator {
            let offer = self.peer.offer().await;
            self.described(offer, None, CallEvent::LocalOffer).await;
        }
        let mut tick = tokio::time::interval(QUALITY_INTERVAL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tick.reset();
        loop {
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(DriverOrder::Close) | None => break,
                    Some(order) => self.obey(order).await,
                },
                Ok(()) = self.gate.changed() => {
                    let gate = *self.gate.borrow_and_update();
                    self.media.set_gate(gate).await;
                }
                Some(event) = self.peer_events.recv() => self.handle_peer(event).await,
                Some(news) = self.news.recv() => self.handle_news(news).await,
                feedback = self.feedback.recv() => self.handle_feedback(feedback).await,
                Ok(()) = self.raw_wanted.changed() => self.media.raw_wanted_changed(),
                Ok(()) = self.selection.changed() => self.media.selection_changed().await,
                _ = tick.tick() => self.measure().await,
            }
        }
        self.close().await;
    }

    async fn close(mut self) {
        let statistics = self.peer.statistics().await;
        self.media.stop().await;
        self.peer.close().await;
        let course = CallCourse::new(std::mem::take(&mut self.history), &statistics);
        if let Err(error) = course::save(&self.stack.store, self.account, &self.call, course).await {
            tracing::warn!(%error, "the course of the call is not kept");
        }
    }

    async fn obey(&mut self, order: DriverOrder) {
        match order {
            DriverOrder::ApplyRemote(description) => self.apply_remote(description).await,
            DriverOrder::RestartIce => {
                let restart = self.peer.restart_ice().await;
                self.answered(restart.map(Some), CallEvent::RestartOffer, CallStage::Ice).await;
            }
            DriverOrder::AddContent { content, kind } => {
                let offer = self.peer.add(LocalContent::both(&content.0, kind)).await;
                self.described(offer, Some(&content), CallEvent::LocalAddition).await;
            }
            DriverOrder::RemoveContent { content } => {
                self.media.without(&content).await;
                self.peer.remove(&content).await;
            }
            DriverOrder::StartMedia { media, camera } => {
                tracing::info!(?media, camera, "media may start");
                self.media.start(camera).await;
            }
            DriverOrder::StopMedia => self.media.stop().await,
            DriverOrder::Close => {}
        }
    }

    async fn apply_remote(&mut self, description: RemoteDescription) {
        match description {
            RemoteDescription::Offer(offer) => {
                let answer = self.peer.answer(&offer).await;
                self.described(answer, None, CallEvent::LocalAnswer).await;
            }
            RemoteDescription::Answer(answer) => {
                self.media.agreed(&answer);
                if let Err(error) = self.peer.apply_answer(&answer).await {
                    self.failed(&error).await;
                }
            }
            RemoteDescription::Addition(offer) => {
                let Some(content) = offer.contents.first().map(|content| content.name.clone()) else { return };
                let answer = self.peer.accept_added(&offer, LocalContent::both("video", MediaKind::Video)).await;
                self.described(answer, Some(&content), CallEvent::LocalAcceptance).await;
            }
            RemoteDescription::AdditionAnswer(answer) => {
                let result = self.peer.apply_added(&answer).await;
                if let (Err(error), Some(content)) = (result, answer.contents.into_iter().next()) {
                    self.content_failed(content.name, &error.to_string()).await;
                }
            }
            RemoteDescription::RestartOffer(restart) => {
                let answer = self.peer.apply_transport(&restart).await;
                self.answered(answer, CallEvent::RestartAnswer, CallStage::Ice).await;
            }
            RemoteDescription::Candidates(transport) | RemoteDescription::RestartAnswer(transport) => {
                // A candidate that cannot be used does not end a call: another one may work.
                if let Err(error) = self.peer.apply_transport(&transport).await {
                    tracing::info!(%error, "the far side's transport was not used");
                }
            }
        }
    }

    /// An own description is there: media knows its streams now, the machine sends it. `added`: it is that of one content which
    /// comes into the running call, and the call goes on without.
    async fn described(
        &mut self,
        description: Result<MediaDescription, PeerError>,
        added: Option<&ContentName>,
        event: impl FnOnce(MediaDescription) -> CallEvent,
    ) {
        match (description, added) {
            (Ok(description), _) => {
                self.media.described(&description);
                self.tell(event(description)).await;
                self.media.apply().await;
            }
            (Err(error), Some(content)) => self.content_failed(content.clone(), &error.to_string()).await,
            (Err(error), None) => self.failed(&error).await,
        }
    }

    async fn content_failed(&mut self, content: ContentName, detail: &str) {
        tracing::info!(content = %content.0.escape_debug(), detail, "a content could not be added");
        self.tell(CallEvent::ContentFailed { content }).await;
    }

    async fn answered(
        &mut self,
        answer: Result<Option<MediaDescription>, PeerError>,
        event: impl FnOnce(MediaDescription) -> CallEvent,
        stage: CallStage,
    ) {
        match answer {
            Ok(Some(description)) => self.tell(event(description)).await,
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "the connection could not be restarted");
                self.tell(CallEvent::Failed { stage }).await;
            }
        }
    }

    async fn failed(&mut self, error: &PeerError) {
        tracing::warn!(%error, "the session description could not be used");
        let stage = match error {
            PeerError::Fingerprint => CallStage::Dtls,
            PeerError::NoRelay(_) | PeerError::NoInterface | PeerError::Ended => CallStage::Ice,
            PeerError::WrongState(_)
            | PeerError::Unusable(_)
            | PeerError::NothingInCommon
            | PeerError::UnknownContent(_)
            | PeerError::Closed
            | PeerError::Engine(_) => CallStage::Signalling,
        };
        self.tell(CallEvent::Failed { stage }).await;
    }

    async fn handle_peer(&mut self, event: PeerEvent) {
        match event {
            PeerEvent::LocalCandidates(description) => self.tell(CallEvent::LocalCandidates(description)).await,
            PeerEvent::GatheringEnded => tracing::debug!("all own candidates are known"),
            PeerEvent::IceConnected => self.tell(CallEvent::IceConnected).await,
            PeerEvent::Connected => self.tell(CallEvent::Connected).await,
            PeerEvent::Disconnected => self.tell(CallEvent::Disconnected).await,
            PeerEvent::Failed(stage) => self.tell(CallEvent::Failed { stage }).await,
            PeerEvent::ContentFailed(content) => self.content_failed(content, "no path").await,
            PeerEvent::KeyframeRequested(_) => self.media.force_keyframe(),
            PeerEvent::TargetRate { bps } => self.media.set_target_rate(bps),
            PeerEvent::FirstRtcp => self.tell(CallEvent::FirstRtcp).await,
            // Playout delays are matched by their size (`CallMediaRun::adapt`): both streams come from one machine and
            // one clock, and their senders stamp at capture.
            PeerEvent::SenderReport { .. } => {}
        }
    }

    async fn handle_news(&mut self, news: MediaNews) {
        match news {
            MediaNews::FirstFrame(MediaKind::Video) => self.first_picture().await,
            MediaNews::FirstFrame(kind) => self.tell(CallEvent::FirstFrame { kind }).await,
            // Nobody looks and nothing is decoded here: a picture that could be shown is all there is to know.
            MediaNews::FirstPictureComplete if !self.stack.hub.is_watched() && !self.stack.options.decode => {
                self.first_picture().await;
            }
            MediaNews::FirstPictureComplete => {}
            MediaNews::KeyframeWanted(content) => self.peer.request_keyframe(&content),
            MediaNews::SendOverflowed => self.media.force_keyframe(),
            MediaNews::Levels(level) => {
                self.publish(Event::AudioLevels { call: Some(self.call.clone()), level });
            }
            MediaNews::DeviceReplaced { kind, lost, replacement } => {
                self.publish(Event::DeviceReplaced { device: kind, lost, replacement });
            }
            MediaNews::DeviceFailed { kind, code, detail } => {
                self.publish(Event::DeviceFailed { device: kind, code, detail });
            }
        }
    }

    async fn first_picture(&mut self) {
        if !std::mem::replace(&mut self.first_video_told, true) {
            self.tell(CallEvent::FirstFrame { kind: MediaKind::Video }).await;
        }
    }

    async fn handle_feedback(&mut self, feedback: Result<PictureFeedback, broadcast::error::RecvError>) {
        match feedback {
            Ok(feedback) if *feedback.call() == self.call => match feedback {
                PictureFeedback::Drawn { source: VideoSourceKind::Remote, .. } => self.first_picture().await,
                PictureFeedback::KeyframeWanted { source: VideoSourceKind::Remote, .. } => {
                    self.media.request_remote_keyframe();
                }
                PictureFeedback::Drawn { source: VideoSourceKind::LocalPreview, .. }
                | PictureFeedback::KeyframeWanted { source: VideoSourceKind::LocalPreview, .. } => {}
            },
            Ok(_) => {}
            // Words of a window were missed; the next ones say the same.
            Err(broadcast::error::RecvError::Lagged(_)) => self.media.request_remote_keyframe(),
            Err(broadcast::error::RecvError::Closed) => {}
        }
    }

    async fn measure(&mut self) {
        let statistics = self.peer.statistics().await;
        let report = self.report(&statistics);
        let round_trip = report.round_trip_ms.map(|ms| Duration::from_millis(u64::from(ms)));
        let sound = statistics.contents.iter().find(|content| self.media.is_sound(&content.name));
        let sound_loss = self.sound_loss.update(sound.and_then(|content| content.remote_loss), QUALITY_INTERVAL);
        self.media.adapt(sound_loss, round_trip);
        self.before = statistics;
        let at_ms = u32::try_from(self.opened.elapsed().as_millis()).unwrap_or(u32::MAX);
        self.history.push(at_ms, report.clone());
        tell(&self.mailbox, self.call.clone(), DriverEvent::Quality(report)).await;
    }

    fn report(&self, now: &PeerStatistics) -> QualityReport {
        let media = self.media.statistics();
        let sum = |of: fn(&confab_peer::ContentStatistics) -> u64, statistics: &PeerStatistics| {
            statistics.contents.iter().map(of).sum::<u64>()
        };
        let grown = |of: fn(&confab_peer::ContentStatistics) -> u64| sum(of, now).saturating_sub(sum(of, &self.before));
        let (received, lost) = (grown(|c| c.packets_received), grown(|c| c.packets_lost));
        let remote_loss = now.contents.iter().filter_map(|c| c.remote_loss).fold(0.0f32, f32::max);
        let round_trip = now
            .contents
            .iter()
            .filter_map(|c| c.round_trip)
            .chain(now.transports.iter().filter_map(|t| t.round_trip))
            .max();
        let rate = |of: fn(&confab_peer::ContentStatistics) -> u32| now.contents.iter().map(of).sum::<u32>() / 1_000;
        let measured = Measured {
            round_trip_ms: round_trip.map(|d| u32::try_from(d.as_millis()).unwrap_or(u32::MAX)),
            loss_out_permille: (remote_loss.clamp(0.0, 1.0) * 1_000.0) as u32,
            loss_in_permille: permille(lost, received),
            silent: received == 0,
        };
        let received_video = media.received.unwrap_or_default();
        QualityReport {
            level: level(measured),
            round_trip_ms: measured.round_trip_ms,
            loss_out_permille: measured.loss_out_permille,
            loss_in_permille: measured.loss_in_permille,
            rate_out_kbps: rate(|c| c.send_rate_bps),
            rate_in_kbps: rate(|c| c.receive_rate_bps),
            jitter_buffer_ms: media.audio.jitter_delay_ms,
            frames_per_second: received_video.fps,
            width: received_video.width,
            height: received_video.height,
            codecs: if media.received.is_some() { vec!["Opus".into(), "VP8".into()] } else { vec!["Opus".into()] },
            path: now.transports.first().and_then(|transport| transport.pair).map(|(local, _)| local),
        }
    }

    async fn tell(&mut self, event: CallEvent) {
        tell(&self.mailbox, self.call.clone(), DriverEvent::Peer(event)).await;
    }

    fn publish(&self, event: Event) {
        self.stack.bus.publish(Some(self.account), event);
    }
}

async fn tell(mailbox: &mpsc::WeakSender<AccountMessage>, call: CallId, event: DriverEvent) {
    let Some(mailbox) = mailbox.upgrade() else { return };
    if mailbox.send_timeout(AccountMessage::Driver { call, event }, MAILBOX_TIMEOUT).await.is_err() {
        tracing::error!("the account did not take an event of its call");
    }
}

//! Pictures on their way to windows, and what windows say about them.
//!
//! In: encoded or raw pictures of running calls. Out: one [`PictureFeed`] per window. Flow control between a feed
//! and its window is the shell's; a feed that is not read loses the oldest pictures here and sees a gap in
//! [`Picture::number`]. Nothing here waits.

use std::sync::Arc;

use confab_model::{CallId, VideoFrameBody, VideoSourceKind};
use tokio::sync::{broadcast, watch};

/// Pictures kept for a feed that is not read in time: a third of a second at 30 pictures a second.
const BACKLOG: usize = 10;
/// What windows said and no call has read yet; a window says one thing per picture.
const FEEDBACK_BACKLOG: usize = 256;

/// One picture of one call.
#[derive(Debug, Clone)]
pub struct Picture {
    pub call: CallId,
    pub source: VideoSourceKind,
    /// Grows by one per picture of this call and source, so that a gap shows a dropped picture.
    pub number: u32,
    pub body: VideoFrameBody,
}

/// What a window says about the pictures of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureFeedback {
    /// It is on the screen.
    Drawn { call: CallId, source: VideoSourceKind },
    /// The decoder needs a keyframe to go on.
    KeyframeWanted { call: CallId, source: VideoSourceKind },
}

impl PictureFeedback {
    pub(crate) fn call(&self) -> &CallId {
        match self {
            Self::Drawn { call, .. } | Self::KeyframeWanted { call, .. } => call,
        }
    }
}

/// The exchange. Clones are the same exchange.
#[derive(Debug, Clone)]
pub(crate) struct PictureHub {
    pictures: broadcast::Sender<Arc<Picture>>,
    feedback: broadcast::Sender<PictureFeedback>,
    raw_wanted: Arc<watch::Sender<bool>>,
}

impl PictureHub {
    pub(crate) fn new() -> Self {
        Self {
            pictures: broadcast::channel(BACKLOG).0,
            feedback: broadcast::channel(FEEDBACK_BACKLOG).0,
            raw_wanted: Arc::new(watch::Sender::new(false)),
        }
    }

    /// Whether any window looks: without one, nothing needs to be copied.
    pub(crate) fn is_watched(&self) -> bool {
        self.pictures.receiver_count() > 0
    }

    pub(crate) fn show(&self, picture: Picture) {
        let _ = self.pictures.send(Arc::new(picture));
    }

    pub(crate) fn feedback(&self) -> broadcast::Receiver<PictureFeedback> {
        self.feedback.subscribe()
    }

    /// Whether a window cannot decode, so that pictures have to be decoded here.
    pub(crate) fn raw_wanted(&self) -> watch::Receiver<bool> {
        self.raw_wanted.subscribe()
    }

    pub(crate) fn open_feed(&self) -> PictureFeed {
        PictureFeed {
            pictures: self.pictures.subscribe(),
            feedback: self.feedback.clone(),
            raw_wanted: Arc::clone(&self.raw_wanted),
        }
    }
}

/// The pictures of all calls for one window.
#[derive(Debug)]
pub struct PictureFeed {
    pictures: broadcast::Receiver<Arc<Picture>>,
    feedback: broadcast::Sender<PictureFeedback>,
    raw_wanted: Arc<watch::Sender<bool>>,
}

impl PictureFeed {
    /// The next picture; `None` when the core has ended. Pictures that came too fast are left out.
    pub async fn next(&mut self) -> Option<Arc<Picture>> {
        loop {
            match self.pictures.recv().await {
                Ok(picture) => return Some(picture),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// Tells what happened to a picture.
    pub fn tell(&self, feedback: PictureFeedback) {
        let _ = self.feedback.send(feedback);
    }

    /// This window can (`false`) or cannot (`true`) decode; the last word of any window counts.
    pub fn want_raw(&self, raw: bool) {
        self.raw_wanted.send_replace(raw);
    }
}

//! Pictures of one call on their way to windows and, if wanted, to a file.

use std::{
    fs::File,
    io::BufWriter,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use confab_media::video::IvfWriter;
use confab_model::{CallId, VideoFrameBody, VideoSourceKind};
use tokio::{sync::mpsc, task::JoinHandle};

use crate::picture_hub::{Picture, PictureHub};

/// Pictures between a stream and the hub; the hub never waits, so one or two are ever there.
pub(crate) const PICTURE_QUEUE: usize = 4;

/// A window that opens sees the own picture this much later.
const WINDOW_POLL: Duration = Duration::from_millis(200);

/// Carries the pictures of a call.
#[derive(Debug)]
pub(crate) struct PictureRoute {
    call: CallId,
    hub: PictureHub,
    record_dir: Option<PathBuf>,
    /// Shut: pictures are taken and not shown (held).
    open: Arc<AtomicBool>,
    tasks: Vec<(VideoSourceKind, JoinHandle<()>)>,
}

impl PictureRoute {
    pub(crate) fn new(call: CallId, hub: PictureHub, record_dir: Option<PathBuf>) -> Self {
        Self { call, hub, record_dir, open: Arc::new(AtomicBool::new(true)), tasks: Vec::new() }
    }

    /// Whether the far side's pictures are shown.
    pub(crate) fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::Relaxed);
    }

    /// Shows the pictures of a stream until it ends, in place of an earlier stream of the same source.
    pub(crate) fn carry(&mut self, source: VideoSourceKind, pictures: mpsc::Receiver<VideoFrameBody>) {
        self.tasks.retain(|(known, task)| {
            let replaced = *known == source;
            if replaced {
                task.abort();
            }
            !replaced
        });
        let recording = (source == VideoSourceKind::Remote).then(|| self.recording()).flatten();
        let task = tokio::spawn(carry(Carrier {
            call: self.call.clone(),
            hub: self.hub.clone(),
            source,
            open: Arc::clone(&self.open),
            recording,
            pictures,
        }));
        self.tasks.push((source, task));
    }

    fn recording(&self) -> Option<IvfWriter<BufWriter<File>>> {
        let path = self.record_dir.as_ref()?.join(format!("{}.received.ivf", super::file_stem(&self.call)));
        match File::create(&path) {
            Ok(file) => Some(IvfWriter::new(BufWriter::new(file))),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "pictures are not recorded");
                None
            }
        }
    }

    /// The streams have ended: waits until everything is shown and written.
    pub(crate) async fn end(&mut self) {
        for (source, task) in self.tasks.drain(..) {
            if source == VideoSourceKind::LocalPreview {
                // Nothing of it is written, and it may be waiting for a window.
                task.abort();
            }
            let _ = task.await;
        }
    }
}

struct Carrier {
    call: CallId,
    hub: PictureHub,
    source: VideoSourceKind,
    open: Arc<AtomicBool>,
    recording: Option<IvfWriter<BufWriter<File>>>,
    pictures: mpsc::Receiver<VideoFrameBody>,
}

async fn carry(mut carrier: Carrier) {
    let mut number = 0u32;
    loop {
        if carrier.source == VideoSourceKind::LocalPreview && !carrier.hub.is_watched() {
            // A full queue keeps the sender from making previews that nobody sees.
            if carrier.pictures.is_closed() {
                break;
            }
            tokio::time::sleep(WINDOW_POLL).await;
            if carrier.hub.is_watched() {
                while carrier.pictures.try_recv().is_ok() {}
            }
            continue;
        }
        let Some(body) = carrier.pictures.recv().await else { break };
        number = number.wrapping_add(1);
        if let (Some(recording), VideoFrameBody::Encoded(frame)) = (&mut carrier.recording, &body)
            && let Err(error) = recording.write(frame)
        {
            tracing::warn!(%error, "pictures are not recorded any more");
            carrier.recording = None;
        }
        let shown = carrier.source == VideoSourceKind::LocalPreview || carrier.open.load(Ordering::Relaxed);
        if shown && carrier.hub.is_watched() {
            carrier.hub.show(Picture { call: carrier.call.clone(), source: carrier.source, number, body });
        }
    }
    if let Some(recording) = carrier.recording
        && let Err(error) = recording.finish()
    {
        tracing::warn!(%error, "a recording of pictures was not finished");
    }
}

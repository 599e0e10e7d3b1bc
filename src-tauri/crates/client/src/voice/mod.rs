//! Voice clips on this device: the one that is recorded and the one that is played.
//!
//! Owns the recorder and the player, both at most one at a time, and the clip that waits to be sent. In: orders of the
//! person ([`VoiceDesk`]), calls that begin to use the sound devices ([`CallSound`]). Out: finished clips, and events
//! about how far things are. A call ends both: its microphone would hear the clip, and two recordings of one voice are
//! one too many; what was recorded until then is kept. It does not send (that is the account's) and opens no microphone
//! by itself.

mod desk;

use std::{path::PathBuf, sync::Arc};

use confab_media::device::DeviceCatalog;
use confab_model::{AccountId, DeviceSelection, MessageId, RecordedClip, VoiceSpeed};
use tokio::sync::{mpsc, oneshot, watch};

use crate::{OperationError, event_bus::EventBus, files::Files};

/// Orders that may wait. A person's presses; a caller beyond that waits.
const ORDERS: usize = 16;

type Reply<T> = oneshot::Sender<Result<T, OperationError>>;

/// What is to be played.
#[derive(Debug)]
pub(crate) struct Played {
    /// Of the message; `None`: it waits to be sent.
    pub(crate) account: Option<AccountId>,
    /// What its events call it: the message, or the path of what waits.
    pub(crate) clip: MessageId,
    pub(crate) path: PathBuf,
    pub(crate) from_ms: u32,
    pub(crate) speed: VoiceSpeed,
}

#[derive(Debug)]
enum Order {
    Record { reply: Reply<()> },
    Finish { reply: Reply<RecordedClip> },
    Cancel { reply: Reply<()> },
    Play { played: Played, reply: Reply<()> },
    Stop { reply: Reply<()> },
}

/// What the desk works with.
#[derive(Clone)]
pub(crate) struct VoiceContext {
    pub(crate) catalog: Arc<dyn DeviceCatalog>,
    pub(crate) selection: watch::Receiver<DeviceSelection>,
    /// A built-in tone stands in for a missing microphone, silence for a missing speaker.
    pub(crate) test_media: bool,
    pub(crate) files: Files,
    pub(crate) bus: EventBus,
}

/// Hands orders to the desk's task. See the module.
#[derive(Debug)]
pub(crate) struct VoiceDesk {
    orders: mpsc::Sender<Order>,
}

impl VoiceDesk {
    pub(crate) fn start(context: VoiceContext, calls: &CallSound) -> Self {
        let (orders, taken) = mpsc::channel(ORDERS);
        tokio::spawn(desk::Desk::new(context, calls.subscribe()).run(taken));
        Self { orders }
    }

    /// Opens the microphone and begins; a clip that was recorded and not sent is thrown away.
    ///
    /// # Errors
    /// `Busy` during a call; `DeviceFailed` with the device's code as detail; `DiskFull`, `FileFailed`.
    pub(crate) async fn record(&self) -> Result<(), OperationError> {
        self.ask(|reply| Order::Record { reply }).await
    }

    /// Closes the microphone and gives what was recorded, also when it ended by itself.
    ///
    /// # Errors
    /// `NotAllowed`: there is no recording; otherwise why nothing is there.
    pub(crate) async fn finish(&self) -> Result<RecordedClip, OperationError> {
        self.ask(|reply| Order::Finish { reply }).await
    }

    /// Closes the microphone and deletes what was recorded.
    pub(crate) async fn cancel(&self) -> Result<(), OperationError> {
        self.ask(|reply| Order::Cancel { reply }).await
    }

    /// Plays a clip instead of the one that plays now. How it goes on comes as events.
    ///
    /// # Errors
    /// `Busy` during a call.
    pub(crate) async fn play(&self, played: Played) -> Result<(), OperationError> {
        self.ask(|reply| Order::Play { played, reply }).await
    }

    pub(crate) async fn stop(&self) -> Result<(), OperationError> {
        self.ask(|reply| Order::Stop { reply }).await
    }

    async fn ask<T>(&self, order: impl FnOnce(Reply<T>) -> Order) -> Result<T, OperationError> {
        let (reply, answer) = oneshot::channel();
        self.orders.send(order(reply)).await.map_err(|_| OperationError::gone())?;
        answer.await.map_err(|_| OperationError::gone())?
    }
}

/// How many calls use the sound devices now.
#[derive(Debug, Clone)]
pub(crate) struct CallSound(Arc<watch::Sender<u32>>);

impl CallSound {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    /// A call begins to use them, until the result is dropped.
    pub(crate) fn take(&self) -> SoundTaken {
        self.0.send_modify(|calls| *calls += 1);
        SoundTaken(self.clone())
    }

    fn subscribe(&self) -> watch::Receiver<u32> {
        self.0.subscribe()
    }
}

/// See [`CallSound::take`].
#[derive(Debug)]
pub(crate) struct SoundTaken(CallSound);

impl Drop for SoundTaken {
    fn drop(&mut self) {
        self.0.0.send_modify(|calls| *calls = calls.saturating_sub(1));
    }
}

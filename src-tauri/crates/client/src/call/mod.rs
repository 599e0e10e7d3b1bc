//! Running calls: what the machine ordered becomes peer connections, devices and pictures.
//!
//! [`CallDrivers`] belongs to an account's actor and holds one handle per running call; a [`driver`] task per call
//! owns its media session. Orders go in over a bounded queue, events come back through the account's mailbox;
//! media packets go between `media` and `peer` over queues of their own and never through either.

mod course;
mod driver;
mod loss;
mod media;
mod packets;
mod pictures;
mod quality;
mod stack;

use std::collections::HashMap;
use std::sync::Arc;

use confab_call::{Gate, PeerRole, RemoteDescription};
use confab_model::{AccountId, CallId, CallMedia, CallSnapshot, IceServer, QualityReport};
use tokio::sync::mpsc;

pub(crate) use course::load as load_course;
pub(crate) use driver::DriverEvent;
pub(crate) use stack::CallStack;
pub use stack::MediaOptions;

use crate::account::AccountMessage;
use driver::{Driver, DriverOrder, DriverStart};

/// Orders that may wait for a driver. A call has a few per second at most; beyond it the call is not usable and is
/// reported as failed.
const ORDERS: usize = 256;

/// The running calls of one account.
#[derive(Debug)]
pub(crate) struct CallDrivers {
    account: AccountId,
    stack: Arc<CallStack>,
    mailbox: mpsc::WeakSender<AccountMessage>,
    running: HashMap<CallId, Running>,
}

#[derive(Debug)]
struct Running {
    orders: mpsc::Sender<DriverOrder>,
    task: tokio::task::JoinHandle<()>,
    quality: Option<QualityReport>,
}

impl CallDrivers {
    pub(crate) fn new(account: AccountId, stack: Arc<CallStack>, mailbox: mpsc::WeakSender<AccountMessage>) -> Self {
        Self { account, stack, mailbox, running: HashMap::new() }
    }

    pub(crate) fn open(&mut self, start: OpenCall) {
        let (sender, orders) = mpsc::channel(ORDERS);
        let call = start.call.clone();
        let driver = DriverStart {
            account: self.account,
            stack: Arc::clone(&self.stack),
            mailbox: self.mailbox.clone(),
            orders,
            open: start,
        };
        let task = tokio::spawn(Driver::run(driver));
        self.running.insert(call, Running { orders: sender, task, quality: None });
    }

    pub(crate) fn apply_remote(&self, call: &CallId, description: RemoteDescription) {
        self.order(call, DriverOrder::ApplyRemote(description));
    }

    pub(crate) fn restart_ice(&self, call: &CallId) {
        self.order(call, DriverOrder::RestartIce);
    }

    pub(crate) fn start_media(&self, call: &CallId, media: CallMedia, camera: bool) {
        self.order(call, DriverOrder::StartMedia { media, camera });
    }

    pub(crate) fn set_gate(&self, call: &CallId, gate: Gate) {
        self.order(call, DriverOrder::SetGate(gate));
    }

    pub(crate) fn stop_media(&self, call: &CallId) {
        self.order(call, DriverOrder::StopMedia);
    }

    /// Ends the media session. Closing goes on in the driver's task.
    pub(crate) fn close(&mut self, call: &CallId) {
        if let Some(running) = self.running.remove(call) {
            let _ = running.orders.try_send(DriverOrder::Close);
        }
    }

    /// Ends everything and waits for it: no device is open afterwards.
    pub(crate) async fn close_all(&mut self) {
        for (_, running) in self.running.drain() {
            drop(running.orders);
            let _ = running.task.await;
        }
    }

    fn order(&self, call: &CallId, order: DriverOrder) {
        let Some(running) = self.running.get(call) else { return };
        if running.orders.try_send(order).is_err() {
            tracing::error!(%call, "the call does not take orders any more");
        }
    }

    pub(crate) fn keep_quality(&mut self, call: &CallId, report: QualityReport) {
        if let Some(running) = self.running.get_mut(call) {
            running.quality = Some(report);
        }
    }

    /// Adds the last measurement to a direct call's only participant.
    pub(crate) fn add_quality(&self, snapshot: &mut CallSnapshot) {
        let quality = self.running.get(&snapshot.id).and_then(|running| running.quality.clone());
        if let (Some(quality), [participant]) = (quality, snapshot.participants.as_mut_slice()) {
            participant.quality = Some(quality);
        }
    }
}

/// What a media session is opened for.
#[derive(Debug)]
pub(crate) struct OpenCall {
    pub(crate) call: CallId,
    pub(crate) role: PeerRole,
    pub(crate) media: CallMedia,
    pub(crate) send_video: bool,
    pub(crate) bundle: bool,
    pub(crate) ice_servers: Vec<IceServer>,
}

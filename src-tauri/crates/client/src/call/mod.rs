//! Running calls: what the machine ordered becomes peer connections, devices and pictures.
//!
//! [`CallDrivers`] belongs to an account's actor; a [`driver`] task per call owns its media session. Orders go in over
//! a bounded queue and the gate over a watch ([`tasks`]), events come back through the account's mailbox;
//! media packets go between `media` and `peer` over queues of their own and never through either.

mod course;
mod driver;
mod loss;
mod media;
mod packets;
mod pictures;
mod quality;
mod stack;
mod tasks;

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
use tasks::CallTasks;

/// The running calls of one account.
#[derive(Debug)]
pub(crate) struct CallDrivers {
    account: AccountId,
    stack: Arc<CallStack>,
    mailbox: mpsc::WeakSender<AccountMessage>,
    tasks: CallTasks,
}

impl CallDrivers {
    pub(crate) fn new(account: AccountId, stack: Arc<CallStack>, mailbox: mpsc::WeakSender<AccountMessage>) -> Self {
        Self { account, stack, tasks: CallTasks::new(mailbox.clone()), mailbox }
    }

    pub(crate) fn open(&mut self, open: OpenCall) {
        let (account, stack, mailbox) = (self.account, Arc::clone(&self.stack), self.mailbox.clone());
        self.tasks
            .start(open.call.clone(), |inputs| Driver::run(DriverStart { account, stack, mailbox, inputs, open }));
    }

    pub(crate) fn apply_remote(&mut self, call: &CallId, description: RemoteDescription) {
        self.tasks.order(call, DriverOrder::ApplyRemote(description));
    }

    pub(crate) fn restart_ice(&mut self, call: &CallId) {
        self.tasks.order(call, DriverOrder::RestartIce);
    }

    pub(crate) fn start_media(&mut self, call: &CallId, media: CallMedia, camera: bool) {
        self.tasks.order(call, DriverOrder::StartMedia { media, camera });
    }

    pub(crate) fn set_gate(&self, call: &CallId, gate: Gate) {
        self.tasks.set_gate(call, gate);
    }

    pub(crate) fn stop_media(&mut self, call: &CallId) {
        self.tasks.order(call, DriverOrder::StopMedia);
    }

    /// Ends the media session. Closing goes on in the driver's task.
    pub(crate) fn close(&mut self, call: &CallId) {
        self.tasks.close(call);
    }

    /// Ends everything and waits for it: no device is open afterwards.
    pub(crate) async fn close_all(&mut self) {
        self.tasks.close_all().await;
    }

    /// A call whose driver does not take orders any more, once.
    pub(crate) fn take_failed(&mut self) -> Option<CallId> {
        self.tasks.take_failed()
    }

    pub(crate) fn keep_quality(&mut self, call: &CallId, report: QualityReport) {
        self.tasks.keep_quality(call, report);
    }

    /// Adds the last measurement to a direct call's only participant.
    pub(crate) fn add_quality(&self, snapshot: &mut CallSnapshot) {
        if let (Some(quality), [participant]) = (self.tasks.quality(&snapshot.id), snapshot.participants.as_mut_slice())
        {
            participant.quality = Some(quality.clone());
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

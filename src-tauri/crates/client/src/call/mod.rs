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

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use confab_call::{Gate, PeerRole, RemoteDescription};
use confab_model::{AccountId, CallId, CallMedia, CallSnapshot, ContentName, IceServer, MediaKind, QualityReport};
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

    pub(crate) fn add_content(&mut self, call: &CallId, content: ContentName, kind: MediaKind) {
        self.tasks.order(call, DriverOrder::AddContent { content, kind });
    }

    pub(crate) fn remove_content(&mut self, call: &CallId, content: ContentName) {
        self.tasks.order(call, DriverOrder::RemoveContent { content });
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

/// What files about a call are named after: its id, unless that is anything but plain. The far side chooses the ids of
/// its calls, and must not choose a path, a hidden file or a device of the system.
fn file_stem(call: &CallId) -> String {
    let id = call.as_str();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    // Names that Windows reserves are shorter, names that no file system takes longer.
    if (8..=64).contains(&id.len()) && id.bytes().all(is_plain) {
        return id.to_owned();
    }
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    format!("call-{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_else_chooses_the_names_of_files() {
        let stem = |id: &str| file_stem(&CallId(id.to_owned()));
        let usual = "0a3b8c52-5f0e-4f55-9d43-2b1f0f3b7a11";
        assert_eq!(stem(usual), usual);
        let long = "x".repeat(65);
        let odd = ["../../etc/passwd", "/tmp/evil-file", ".bashrc-x", "C:\\evil\\x", "NUL", "a\0bcdefgh", "", &long];
        for id in odd {
            let stem = stem(id);
            assert!(stem.starts_with("call-") && stem.len() == 21, "{id:?}: {stem}");
        }
    }
}

//! The tasks of running calls: what starts them, hands them their orders, and notices when one of them fails or lingers.
//!
//! A task gets its orders over a bounded queue and its gate over a watch: of several gates only the last one counts, and
//! it is never lost, because a microphone that sends while the screen says "muted" is the worst that can happen here. A
//! call whose task does not take its orders, or ends without being told to, is reported as failed. A task that was told
//! to close is still kept until it has released its devices.

use std::{collections::HashMap, panic::AssertUnwindSafe, time::Duration};

use confab_call::{Gate, PeerEvent};
use confab_model::{CallId, CallStage, QualityReport};
use futures::FutureExt as _;
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use tracing::Instrument as _;

use super::driver::{DriverEvent, DriverOrder};
use crate::account::AccountMessage;

/// Orders that may wait for a task. A call has a few per second at most; a call beyond it is not usable.
const ORDERS: usize = 256;
/// How long closing may take in all: a device that hangs must not keep the app from ending.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// What a task of a call is told.
#[derive(Debug)]
pub(super) struct TaskInputs {
    pub(super) orders: mpsc::Receiver<DriverOrder>,
    pub(super) gate: watch::Receiver<Gate>,
}

/// The tasks of one account's calls.
#[derive(Debug)]
pub(super) struct CallTasks {
    mailbox: mpsc::WeakSender<AccountMessage>,
    running: HashMap<CallId, Running>,
    /// Also those that close.
    tasks: JoinSet<()>,
    /// Calls whose orders could not be given.
    failed: Vec<CallId>,
}

#[derive(Debug)]
struct Running {
    orders: mpsc::Sender<DriverOrder>,
    gate: watch::Sender<Gate>,
    quality: Option<QualityReport>,
}

impl CallTasks {
    pub(super) fn new(mailbox: mpsc::WeakSender<AccountMessage>) -> Self {
        Self { mailbox, running: HashMap::new(), tasks: JoinSet::new(), failed: Vec::new() }
    }

    pub(super) fn start<F>(&mut self, call: CallId, run: impl FnOnce(TaskInputs) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        while self.tasks.try_join_next().is_some() {}
        let (order_sender, orders) = mpsc::channel(ORDERS);
        let (gate_sender, gate) = watch::channel(Gate::default());
        let task = AssertUnwindSafe(run(TaskInputs { orders, gate })).catch_unwind();
        let (mailbox, id) = (self.mailbox.clone(), call.clone());
        let supervised = async move {
            if task.await.is_err() {
                tracing::error!(call = %id, "the call's task panicked");
                let event = DriverEvent::Peer(PeerEvent::Failed { stage: CallStage::Media });
                if let Some(mailbox) = mailbox.upgrade() {
                    let _ = mailbox.send(AccountMessage::Driver { call: id, event }).await;
                }
            }
        };
        self.tasks.spawn(supervised.in_current_span());
        self.running.insert(call, Running { orders: order_sender, gate: gate_sender, quality: None });
    }

    pub(super) fn order(&mut self, call: &CallId, order: DriverOrder) {
        let Some(running) = self.running.get(call) else { return };
        if running.orders.try_send(order).is_err() && !self.failed.contains(call) {
            tracing::error!(%call, "the call does not take orders any more");
            self.failed.push(call.clone());
        }
    }

    pub(super) fn set_gate(&self, call: &CallId, gate: Gate) {
        if let Some(running) = self.running.get(call) {
            running.gate.send_replace(gate);
        }
    }

    /// A call that did not take an order, once; to be told to the machine.
    pub(super) fn take_failed(&mut self) -> Option<CallId> {
        self.failed.pop()
    }

    /// Tells the task to end. It is shut off from everything at once and closes in its own time.
    pub(super) fn close(&mut self, call: &CallId) {
        if let Some(running) = self.running.remove(call) {
            running.gate.send_replace(Gate::default());
            // The end of the orders says the same where the queue is full.
            let _ = running.orders.try_send(DriverOrder::Close);
        }
    }

    /// Ends everything and waits for it: no device is open afterwards.
    pub(super) async fn close_all(&mut self) {
        let calls: Vec<_> = self.running.keys().cloned().collect();
        calls.iter().for_each(|call| self.close(call));
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(CLOSE_TIMEOUT, all).await.is_err() {
            tracing::error!(left = self.tasks.len(), "calls did not release their devices in time");
            self.tasks.shutdown().await;
        }
    }

    pub(super) fn keep_quality(&mut self, call: &CallId, report: QualityReport) {
        if let Some(running) = self.running.get_mut(call) {
            running.quality = Some(report);
        }
    }

    pub(super) fn quality(&self, call: &CallId) -> Option<&QualityReport> {
        self.running.get(call)?.quality.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use super::*;

    fn call() -> CallId {
        CallId("c".to_owned())
    }

    fn tasks() -> (CallTasks, mpsc::Sender<AccountMessage>, mpsc::Receiver<AccountMessage>) {
        let (sender, mailbox) = mpsc::channel(8);
        (CallTasks::new(sender.downgrade()), sender, mailbox)
    }

    /// Ends some time after it was told to, as a device does.
    async fn lingers(mut inputs: TaskInputs, released: Arc<AtomicBool>) {
        while !matches!(inputs.orders.recv().await, Some(DriverOrder::Close) | None) {}
        tokio::time::sleep(Duration::from_secs(1)).await;
        released.store(true, Ordering::SeqCst);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_was_closed_before_is_waited_for_too() {
        let (mut tasks, _mailbox, _) = tasks();
        let released = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&released);
        tasks.start(call(), |inputs| lingers(inputs, flag));
        tasks.close(&call());
        tasks.close_all().await;
        assert!(released.load(Ordering::SeqCst));
    }

    #[tokio::test(start_paused = true)]
    async fn a_device_that_hangs_is_not_waited_for_for_ever() {
        let (mut tasks, _mailbox, _) = tasks();
        tasks.start(call(), |_| std::future::pending());
        let start = tokio::time::Instant::now();
        tasks.close_all().await;
        assert_eq!(start.elapsed(), CLOSE_TIMEOUT);
    }

    #[tokio::test]
    async fn a_task_that_panics_is_a_failed_call() {
        let (mut tasks, _sender, mut mailbox) = tasks();
        tasks.start(call(), |_| async { panic!("on purpose") });
        let Some(AccountMessage::Driver { event: DriverEvent::Peer(event), .. }) = mailbox.recv().await else {
            panic!("nothing was told")
        };
        assert_eq!(event, PeerEvent::Failed { stage: CallStage::Media });
    }

    #[tokio::test(start_paused = true)]
    async fn orders_that_nobody_takes_fail_the_call_and_the_gate_is_never_lost() {
        let (mut tasks, _sender, _mailbox) = tasks();
        let (kept, inputs) = tokio::sync::oneshot::channel();
        tasks.start(call(), |inputs| {
            let _ = kept.send(inputs);
            std::future::pending()
        });
        for _ in 0..ORDERS {
            tasks.order(&call(), DriverOrder::RestartIce);
        }
        assert_eq!(tasks.take_failed(), None);
        tasks.order(&call(), DriverOrder::RestartIce);
        tasks.order(&call(), DriverOrder::RestartIce);
        assert_eq!(tasks.take_failed(), Some(call()));
        assert_eq!(tasks.take_failed(), None);
        let open = Gate { microphone: true, camera: true, playback: true };
        tasks.set_gate(&call(), open);
        tasks.set_gate(&call(), Gate { microphone: false, ..open });
        let inputs = inputs.await.expect("the task was made");
        assert_eq!(*inputs.gate.borrow(), Gate { microphone: false, ..open });
        // Closing shuts it whether the order arrives or not.
        tasks.close(&call());
        assert_eq!(*inputs.gate.borrow(), Gate::default());
    }
}

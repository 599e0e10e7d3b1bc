//! The queues between `media` and `peer`, and the tasks that carry packets over them.

use std::{collections::HashMap, sync::Arc};

use confab_model::{ContentName, RtpIn, RtpOut};
use confab_peer::{Peer, SendOutcome};
use tokio::{sync::mpsc, task::JoinHandle};

/// 1.3 s of speech. When full the newest packet is dropped and counted by the receiver's statistics.
pub(crate) const AUDIO_QUEUE: usize = 64;
/// Half a second of 20 Mbit/s. When full the newest packet is dropped; a keyframe repairs it.
pub(crate) const VIDEO_QUEUE: usize = 1_024;

/// Takes what the far side sent to where it is wanted.
#[derive(Debug)]
pub(crate) struct Inbound {
    routes: mpsc::UnboundedSender<Route>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Route(ContentName, mpsc::Sender<RtpIn>);

impl Inbound {
    /// Starts; packets of contents without a route are dropped.
    pub(crate) fn start(mut packets: mpsc::Receiver<RtpIn>) -> Self {
        let (routes, mut new_routes) = mpsc::unbounded_channel::<Route>();
        let task = tokio::spawn(async move {
            let mut known: HashMap<ContentName, mpsc::Sender<RtpIn>> = HashMap::new();
            loop {
                tokio::select! {
                    biased;
                    Some(Route(content, queue)) = new_routes.recv() => {
                        known.insert(content, queue);
                    }
                    packet = packets.recv() => match packet {
                        Some(packet) => {
                            if let Some(queue) = known.get(&packet.content) {
                                let _ = queue.try_send(packet);
                            }
                        }
                        None => return,
                    },
                }
            }
        });
        Self { routes, task }
    }

    /// From now on packets of this content go there.
    pub(crate) fn route(&self, content: ContentName, queue: mpsc::Sender<RtpIn>) {
        let _ = self.routes.send(Route(content, queue));
    }
}

impl Drop for Inbound {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Carries packets to the peer until their source ends. `overflowed` is called when the pacer did not take one, which
/// for video means that a keyframe has to follow.
pub(crate) fn carry_out(
    peer: Arc<dyn Peer>,
    mut packets: mpsc::Receiver<RtpOut>,
    overflowed: impl Fn() + Send + 'static,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Some(packet) = packets.recv().await {
            match peer.send(packet) {
                SendOutcome::Queued | SendOutcome::NotSending => {}
                SendOutcome::QueueFull => overflowed(),
            }
        }
    })
}

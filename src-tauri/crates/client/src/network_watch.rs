//! Notices that the device's network changed: an address came or went on any interface.
//!
//! Every change is told to all running accounts, which probe their stream and restart ICE where it is needed. The
//! source is a seam ([`NetworkChanges`]): the platform's own in the app, scripted in tests.

use std::time::Duration;

use futures::{Stream, StreamExt as _};
use tokio::sync::watch;

use crate::{account::AccountMessage, core::Running};

/// Changing a network brings a burst of events: addresses go and come one by one. What follows within this time is
/// the same change.
const SETTLE: Duration = Duration::from_millis(400);

/// One item per change of an address.
pub(crate) type NetworkChanges = futures::stream::BoxStream<'static, ()>;

/// The changes that the operating system tells of. Without such a service the sessions still find out by their own
/// probes, only later.
pub(crate) fn system_changes() -> NetworkChanges {
    match if_watch::tokio::IfWatcher::new() {
        Ok(watcher) => watcher.filter_map(|event| async move { event.ok().map(drop) }).boxed(),
        Err(error) => {
            tracing::warn!(%error, "changes of the network are not noticed at once");
            futures::stream::pending().boxed()
        }
    }
}

/// Tells the running accounts of every change until the core ends.
pub(crate) async fn follow(changes: NetworkChanges, running: watch::Receiver<Running>) {
    let mut bursts = std::pin::pin!(settled(changes));
    // The first burst is what is there already.
    let _ = bursts.next().await;
    while bursts.next().await.is_some() {
        tracing::info!("the network changed");
        let accounts: Vec<_> = running.borrow().values().cloned().collect();
        for account in accounts {
            account.session.network_changed().await;
            let _ = account.tell(AccountMessage::NetworkChanged).await;
        }
    }
}

/// One item per burst, when it is over.
fn settled(changes: NetworkChanges) -> impl Stream<Item = ()> {
    futures::stream::unfold(changes.fuse(), |mut changes| async move {
        changes.next().await?;
        while let Ok(Some(())) = tokio::time::timeout(SETTLE, changes.next()).await {}
        Some(((), changes))
    })
}

#[cfg(test)]
mod tests {
    use tokio::{sync::mpsc, time::Instant};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_one_change_told_when_it_is_over() {
        let (sender, receiver) = mpsc::unbounded_channel();
        let changes =
            futures::stream::unfold(
                receiver,
                |mut receiver| async move { receiver.recv().await.map(|()| ((), receiver)) },
            );
        let start = Instant::now();
        tokio::spawn(async move {
            for wait in [0u64, 100, 300, 1_000, 50] {
                tokio::time::sleep(Duration::from_millis(wait)).await;
                let _ = sender.send(());
            }
        });
        let times: Vec<_> = settled(changes.boxed()).map(|()| start.elapsed().as_millis()).collect().await;
        assert_eq!(times, [800, 1_450], "0, 100 and 400 ms; 1,400 and 1,450 ms and the end");
    }
}

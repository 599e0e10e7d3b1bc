//! What is known of a person who is called: whether any device is there, and whether it would confirm that it rings.

use std::time::Duration;

use confab_call::Callee;
use confab_model::{BareJid, CONFAB_CALL_NS};
use confab_session::SessionHandle;
use futures::{StreamExt, stream::FuturesUnordered};

/// A device that has to be asked first may take this long: a round trip around the world. A call does not wait for
/// devices that are gone without a word, which servers keep for minutes.
const PATIENCE: Duration = Duration::from_millis(400);

/// Goes by what presence and cached capabilities tell; devices that have to be asked are asked all at once. Silence
/// counts as not speaking, which costs no more than the early word that the person may be offline.
pub(crate) async fn look_up(session: &SessionHandle, person: &BareJid) -> Callee {
    let devices = session.devices(person.clone()).await;
    let available = !devices.is_empty();
    let mut answers: FuturesUnordered<_> =
        devices.into_iter().map(|device| session.speaks(device.jid, CONFAB_CALL_NS)).collect();
    let any_speaks = async {
        while let Some(speaks) = answers.next().await {
            if speaks {
                return true;
            }
        }
        false
    };
    let speaks_confab = tokio::time::timeout(PATIENCE, any_speaks).await.unwrap_or(false);
    Callee { available, speaks_confab }
}

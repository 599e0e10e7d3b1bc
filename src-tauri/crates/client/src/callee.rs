//! What is known of a person who is called: whether any device is there, and whether it would confirm that it rings.

use confab_call::Callee;
use confab_model::{BareJid, CONFAB_CALL_NS};
use confab_session::SessionHandle;

/// Looks only at what presence and cached capabilities tell; a device that has to be asked first is asked.
pub(crate) async fn look_up(session: &SessionHandle, person: &BareJid) -> Callee {
    let devices = session.devices(person.clone()).await;
    let mut speaks_confab = false;
    for device in &devices {
        speaks_confab = speaks_confab || session.speaks(device.jid.clone(), CONFAB_CALL_NS).await;
    }
    Callee { available: !devices.is_empty(), speaks_confab }
}

//! `xmpp:` links that were opened outside of the app: in a browser, by a further start. The page leads to where they point,
//! when somebody is signed in.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager as _};
use tauri_specta::Event as _;

/// Bytes of a link. Longer ones are no addresses.
const LONGEST: usize = 4_096;

/// There is a link to be taken with `take_link`.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
pub struct LinkOpened;

/// The link that waits for the page; of several the last one.
#[derive(Debug, Default)]
pub(crate) struct OpenedLink(Mutex<Option<String>>);

impl OpenedLink {
    pub(crate) fn take(&self) -> Option<String> {
        self.0.lock().ok()?.take()
    }
}

/// The first argument that is an address for this app.
pub(crate) fn link_of(arguments: impl IntoIterator<Item = String>) -> Option<String> {
    arguments.into_iter().find(|argument| is_ours(argument))
}

/// Keeps a link for the page and tells it. Anything else than an address for this app is left alone.
pub(crate) fn link_opened(app: &AppHandle, link: String) {
    if !is_ours(&link) {
        tracing::info!("something else than a link was to be opened");
        return;
    }
    if let Ok(mut waiting) = app.state::<OpenedLink>().0.lock() {
        *waiting = Some(link);
    }
    if let Err(error) = LinkOpened.emit(app) {
        tracing::warn!(%error, "the window does not hear of a link");
    }
}

fn is_ours(link: &str) -> bool {
    link.len() <= LONGEST
        && link.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("xmpp:"))
        && !link.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_are_links() {
        let of = |arguments: &[&str]| link_of(arguments.iter().map(|one| (*one).to_owned()));
        assert_eq!(of(&["--hidden", "XMPP:bob@example.org"]).as_deref(), Some("XMPP:bob@example.org"));
        for other in
            ["", "xmpp", "http://example.org", "xmpp:bob@example.org\n", "é:", &format!("xmpp:{}", "a".repeat(LONGEST))]
        {
            assert_eq!(of(&[other]), None, "{other}");
        }
    }
}

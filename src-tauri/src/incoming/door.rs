//! What the small window may ask: what it needs to show and answer the call that rings, and nothing else. It draws names and
//! words of people from outside; should they ever get more of the page than they are to, they find no way to messages, files
//! or settings.

use tauri::{Wry, ipc::Invoke};

use super::window::LABEL;

/// `ui/src/stores/incoming.svelte.ts` and `ui/src/screens/call/actions.ts`.
const NEEDED: [&str; 9] = [
    "startup",
    "contacts",
    "profiles",
    "calls",
    "ring_place",
    "silence_ring",
    "incoming_drawn",
    "accept_call",
    "reject_call",
];

/// The app's commands behind a check of who asks.
pub(crate) fn restricted(
    handler: impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static,
) -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    move |invoke| {
        let (window, command) = (invoke.message.webview_ref().label(), invoke.message.command());
        if may_ask(window, command) {
            return handler(invoke);
        }
        tracing::warn!(command, "the small window asked for what is not its own");
        invoke.resolver.reject("not for this window");
        true
    }
}

/// Capabilities say the same of Tauri's own commands.
fn may_ask(window: &str, command: &str) -> bool {
    window != LABEL || NEEDED.contains(&command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_window_answers_and_does_nothing_else() {
        for command in NEEDED {
            assert!(may_ask("incoming", command), "{command}");
        }
        for command in ["messages", "send_text", "settings_save", "sign_in", "back_up", "open_attachment", ""] {
            assert!(!may_ask("incoming", command), "{command}");
            assert!(may_ask("main", command), "{command}");
        }
    }
}

//! Links of messages.

use tauri::Url;

/// Opens a link with the system's program for it. Only what cannot run anything on this machine; `xmpp:` is the window's
/// own affair.
pub(crate) fn open(url: &Url) {
    if !is_allowed(url) {
        tracing::info!(scheme = url.scheme(), "a link was not opened");
        return;
    }
    if let Err(error) = open::that_detached(url.as_str()) {
        tracing::warn!(%error, "there is no program that opens links");
    }
}

fn is_allowed(url: &Url) -> bool {
    match url.scheme() {
        "https" | "http" => url.host_str().is_some_and(|host| !host.is_empty()),
        "mailto" | "geo" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_run_anything_is_opened() {
        let allowed = |url: &str| is_allowed(&url.parse().unwrap());
        for url in ["https://example.org/a?b#c", "http://例子.测试/", "mailto:bob@example.org", "geo:53.5,9.9"] {
            assert!(allowed(url), "{url}");
        }
        for url in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "data:text/html,x",
            "smb://server/share",
            "ms-msdt:/id",
            "vscode://x",
            "xmpp:bob@example.org",
            "tauri://localhost",
        ] {
            assert!(!allowed(url), "{url}");
        }
    }
}

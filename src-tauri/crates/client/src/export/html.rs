//! A conversation as one page. Pure. Everything that somebody wrote goes through [`escaped`]; the page has no scripts, loads
//! nothing from elsewhere, and says so to the browser.

use std::fmt::Write as _;

use confab_model::{AttachmentKind, Direction, MessageContent};
use confab_session::xep::datetime_0082;

use super::{Entry, Head, Names, notices, unmarked, words::Words};

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1a1d24}\
main{max-width:720px;margin:0 auto;padding:24px 16px}h1{font-size:20px}h2{font-size:13px;text-align:center;color:#667;\
font-weight:500;margin:24px 0 8px}article{background:#fff;border-radius:12px;padding:8px 12px;margin:6px 80px 6px 0;\
overflow-wrap:anywhere}article.own{background:#dcebff;margin:6px 0 6px 80px}article.event{background:none;text-align:center;\
color:#667;margin:6px 0}header{display:flex;gap:8px;font-size:13px;color:#667}header b{color:#1a1d24}time{margin-inline-start:auto}\
div{white-space:pre-wrap}blockquote{margin:4px 0;padding-inline-start:8px;border-inline-start:3px solid #9ab;color:#556}\
img{max-width:100%;border-radius:8px}small{color:#667}\
@media(prefers-color-scheme:dark){body{background:#14171c;color:#e6e8ec}article{background:#1f242c}article.own{background:#1d3a5c}\
header b{color:#e6e8ec}}";
pub(super) const END: &str = "</main></body></html>\n";

/// The beginning of the page.
pub(super) fn head(head: &Head) -> String {
    let words = super::words::of(head.language);
    let (name, conversation) = (escaped(&unmarked(&head.name)), escaped(&head.conversation.to_string()));
    let (account, at) = (escaped(&head.account.to_string()), escaped(&readable(&datetime_0082::format(head.at))));
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file: data:; \
         style-src 'unsafe-inline'\"><meta name=\"viewport\" content=\"width=device-width\"><title>{name}</title>\
         <style>{STYLE}</style></head><body><main><h1><bdi>{name}</bdi></h1><p><small>{conversation} · {account} · {at}\
         </small></p>\n",
        words.tag
    )
}

/// Between two days.
pub(super) fn day(day: &str) -> String {
    format!("<h2>{}</h2>\n", escaped(day))
}

/// One message.
pub(super) fn message(entry: &Entry<'_>, names: &Names, words: &Words) -> String {
    let message = entry.message;
    let class = match (&message.content, message.direction) {
        (MessageContent::Notice { .. } | MessageContent::Call { .. }, _) => "event",
        (_, Direction::Outgoing) => "own",
        (_, Direction::Incoming) => "other",
    };
    let stamp = datetime_0082::format(message.sent_at);
    let mut html = format!(
        "<article class=\"{class}\"><header><b><bdi>{}</bdi></b>{}<time datetime=\"{}\">{}</time></header>",
        escaped(&entry.sender_name),
        if message.edited_at.is_some() { format!("<small>{}</small>", words.edited) } else { String::new() },
        escaped(&stamp),
        escaped(stamp.get(11..16).unwrap_or_default()),
    );
    if let Some(forwarded) = &message.forwarded {
        let _ = write!(html, "<small>{} <bdi>{}</bdi></small>", words.forwarded, escaped(&unmarked(&forwarded.from)));
    }
    if let Some(quote) = &message.reply_to {
        let who = quote.sender.as_ref().map(|sender| names.of(sender)).unwrap_or_default();
        let _ = write!(
            html,
            "<blockquote><b><bdi>{}</bdi></b> <bdi>{}</bdi></blockquote>",
            escaped(&who),
            escaped(&quote.excerpt)
        );
    }
    html.push_str(&content(entry, names, words));
    if !message.reactions.is_empty() {
        html.push_str("<p>");
        for reaction in &message.reactions {
            let _ = write!(html, "<small><bdi>{}</bdi> {}</small> ", escaped(&reaction.emoji), reaction.by.len());
        }
        html.push_str("</p>");
    }
    html.push_str("</article>\n");
    html
}

fn content(entry: &Entry<'_>, names: &Names, words: &Words) -> String {
    let text = |text: &str| format!("<div dir=\"auto\">{}</div>", escaped(text));
    match &entry.message.content {
        MessageContent::Text { text: body } | MessageContent::Custom { text: body } => text(body),
        MessageContent::File { file, caption } => {
            let name = escaped(&unmarked(&file.name));
            let mut html = match &entry.file {
                Some(path) if matches!(file.kind, AttachmentKind::Image { .. }) => {
                    let path = address(path);
                    format!("<a href=\"{path}\"><img src=\"{path}\" alt=\"{name}\"></a>")
                }
                Some(path) => format!("<a href=\"{}\"><bdi>{name}</bdi></a>", address(path)),
                None => format!("<p><bdi>{name}</bdi> <small>{}</small></p>", words.not_here),
            };
            if !caption.is_empty() {
                html.push_str(&text(caption));
            }
            html
        }
        MessageContent::Location { location } => {
            let place = format!("{:.5}, {:.5}", location.latitude, location.longitude);
            format!("<p>{}: {place} <bdi>{}</bdi></p>", words.place, escaped(&unmarked(&location.address)))
        }
        MessageContent::Notice { notice } => format!("<p>{}</p>", notices::sentence(notice, names, words)),
        MessageContent::Call { record, .. } => {
            let seconds = record.answered_at.zip(record.ended_at).map(|(from, to)| (to.0 - from.0).max(0) / 1_000);
            let length = seconds.map(|s| format!(" {}:{:02}", s / 60, s % 60)).unwrap_or_default();
            format!("<p>{}{length}</p>", words.call)
        }
        MessageContent::Encrypted { method } => {
            format!("<p><i>{}</i> <small><bdi>{}</bdi></small></p>", words.encrypted, escaped(&unmarked(method)))
        }
        MessageContent::Recalled => format!("<p><i>{}</i></p>", words.recalled),
    }
}

/// "2026-11-21 13:05 UTC"
fn readable(stamp: &str) -> String {
    format!("{} {} UTC", stamp.get(..10).unwrap_or_default(), stamp.get(11..16).unwrap_or_default())
}

/// Text that cannot be markup, in an element or in a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Would end the isolation of what a `bdi` holds, or hide.
            '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}' => {}
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            _ => safe.push(c),
        }
    }
    safe
}

/// A relative path as a URL (RFC 3986 §2.1): whatever is not plain is written as octets.
fn address(path: &str) -> String {
    let mut url = String::with_capacity(path.len());
    for octet in path.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => url.push(char::from(octet)),
            _ => {
                let _ = write!(url, "%{octet:02X}");
            }
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_nothing_that_means_something() {
        assert_eq!(address("files/a b#?'\"é.txt"), "files/a%20b%23%3F%27%22%C3%A9.txt");
        assert_eq!(escaped("a<b>&\"'\u{202e}c\u{7}"), "a&lt;b&gt;&amp;&quot;&#39;c");
    }
}

//! What notifications say, in the languages of the app.

use confab_client::Language;
use confab_model::CallMedia;

use super::board::Content;
use crate::words::Tongue;

/// Characters of a message that are shown; desktops cut at two or three lines.
const EXCERPT: usize = 200;

/// A notification as the desktop gets it. Plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) title: String,
    pub(crate) body: String,
    /// The words on the buttons of a ringing call.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "the plugin has no buttons"))]
    pub(crate) answers: Option<Answers>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "the plugin has no buttons"))]
pub(crate) struct Answers {
    pub(crate) accept: &'static str,
    pub(crate) decline: &'static str,
}

/// The names that a notification says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// The person, or the group, that it is about.
    pub(crate) about: String,
    /// Who wrote in the group, or wants to come in.
    pub(crate) by: Option<String>,
}

struct Words {
    audio_call: &'static str,
    video_call: &'static str,
    any_call: &'static str,
    missed_audio: &'static str,
    missed_video: &'static str,
    missed_any: &'static str,
    message: &'static str,
    encrypted: &'static str,
    /// `#` is the name of who wants to come in.
    applied: &'static str,
    application: &'static str,
    /// In place of an address that the group does not tell.
    hidden: &'static str,
    /// `#` is the number.
    away_one: &'static str,
    away: &'static str,
    answers: Answers,
}

const ENGLISH: Words = Words {
    audio_call: "Incoming audio call",
    video_call: "Incoming video call",
    any_call: "Incoming call",
    missed_audio: "Missed audio call",
    missed_video: "Missed video call",
    missed_any: "Missed call",
    message: "New message",
    encrypted: "Encrypted message",
    applied: "# wants to join",
    application: "Somebody wants to join a group",
    hidden: "address hidden",
    away_one: "1 new message while you were offline",
    away: "# new messages while you were offline",
    answers: Answers { accept: "Answer", decline: "Decline" },
};

const SIMPLIFIED: Words = Words {
    audio_call: "语音来电",
    video_call: "视频来电",
    any_call: "来电",
    missed_audio: "未接语音通话",
    missed_video: "未接视频通话",
    missed_any: "未接来电",
    message: "新消息",
    encrypted: "加密消息",
    applied: "# 申请加入群组",
    application: "有人申请加入群组",
    hidden: "地址已隐藏",
    away_one: "离线期间收到 1 条新消息",
    away: "离线期间收到 # 条新消息",
    answers: Answers { accept: "接听", decline: "拒绝" },
};

const TRADITIONAL: Words = Words {
    audio_call: "語音來電",
    video_call: "視訊來電",
    any_call: "來電",
    missed_audio: "未接語音通話",
    missed_video: "未接視訊通話",
    missed_any: "未接來電",
    message: "新訊息",
    encrypted: "加密訊息",
    applied: "# 申請加入群組",
    application: "有人申請加入群組",
    hidden: "地址已隱藏",
    away_one: "離線期間收到 1 則新訊息",
    away: "離線期間收到 # 則新訊息",
    answers: Answers { accept: "接聽", decline: "拒絕" },
};

fn words(language: Language, system: &str) -> &'static Words {
    match Tongue::of(language, system) {
        Tongue::English => &ENGLISH,
        Tongue::Simplified => &SIMPLIFIED,
        Tongue::Traditional => &TRADITIONAL,
    }
}

/// What stands for an address that nobody tells.
pub(crate) fn hidden(language: Language, system: &str) -> &'static str {
    words(language, system).hidden
}

/// Puts a notification into words. Without `details` it says neither who nor what.
pub(crate) fn notice(content: &Content, named: &Named, details: bool, language: Language, system: &str) -> Notice {
    let words = words(language, system);
    let name = unmarked(&named.about);
    let name = name.as_str();
    let counted = |count: usize| if count > 1 { format!("{} ({count})", isolated(name)) } else { name.to_owned() };
    let (title, body) = match content {
        Content::Ringing { media, .. } if details => (by_media(*media, words.audio_call, words.video_call), name),
        Content::Missed { media, .. } if details => (by_media(*media, words.missed_audio, words.missed_video), name),
        Content::Message { text, count, .. } if details => {
            let title = counted(*count as usize);
            let body = text.as_deref().map_or(words.encrypted.to_owned(), excerpt);
            let body = match &named.by {
                Some(by) => format!("{}: {}", isolated(&excerpt(by)), isolated(&body)),
                None => body,
            };
            return Notice { title, body, answers: None };
        }
        Content::Applied { from, .. } if details => {
            let by = named.by.as_deref().unwrap_or_default();
            let body = words.applied.replace('#', &isolated(&excerpt(by)));
            return Notice { title: counted(from.len()), body, answers: None };
        }
        Content::WhileAway { count } => {
            let body =
                if *count == 1 { words.away_one.to_owned() } else { words.away.replace('#', &count.to_string()) };
            return Notice { title: "Confab".to_owned(), body, answers: None };
        }
        Content::Ringing { .. } => ("Confab", words.any_call),
        Content::Missed { .. } => ("Confab", words.missed_any),
        Content::Message { .. } => ("Confab", words.message),
        Content::Applied { .. } => ("Confab", words.application),
    };
    let answers = matches!(content, Content::Ringing { .. }).then_some(words.answers);
    Notice { title: title.to_owned(), body: body.to_owned(), answers }
}

impl Notice {
    /// Says which account it is for, where there are several. The own address is no detail about others.
    pub(crate) fn of_account(mut self, account: &str) -> Self {
        self.title = format!("{} → {account}", isolated(&self.title));
        self
    }
}

fn by_media(media: CallMedia, audio: &'static str, video: &'static str) -> &'static str {
    match media {
        CallMedia::Audio => audio,
        CallMedia::Video => video,
    }
}

/// Without the marks that change the order of everything after them (UAX #9: embeddings, overrides, isolates): with
/// them somebody's words could rewrite those beside them.
pub(super) fn unmarked(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')).collect()
}

/// For a place beside words of ours: what is written from right to left keeps its order to itself.
pub(super) fn isolated(text: &str) -> String {
    let right_to_left =
        |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}');
    if text.contains(right_to_left) { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
}

/// The beginning of a text in one line.
fn excerpt(text: &str) -> String {
    let text = unmarked(text);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use confab_model::Sender;

    use super::*;

    fn called(name: &str) -> Named {
        Named { about: name.to_owned(), by: None }
    }

    fn say(content: &Content, details: bool, language: Language) -> (String, String) {
        let notice = notice(content, &called("Zoë"), details, language, "de_DE.UTF-8");
        (notice.title, notice.body)
    }

    fn message(text: Option<&str>, count: u32) -> Content {
        Content::Message {
            id: "m".into(),
            from: "zoe@example.org".parse().unwrap(),
            by: Sender::person("zoe@example.org".parse().unwrap()),
            text: text.map(str::to_owned),
            count,
        }
    }

    #[test]
    fn a_group_says_who_wrote_and_several_accounts_say_which() {
        let named = Named { about: "Zoë's".to_owned(), by: Some("Ann".to_owned()) };
        let say = |content: &Content, details| {
            let said = notice(content, &named, details, Language::English, "");
            (said.title, said.body)
        };
        assert_eq!(say(&message(Some("hi"), 1), true), ("Zoë's".into(), "Ann: hi".into()));
        assert_eq!(say(&message(Some("hi"), 1), false), ("Confab".into(), "New message".into()));
        let jid: confab_model::BareJid = "zoe@example.org".parse().unwrap();
        let applied = Content::Applied { group: jid.clone(), from: vec![jid.clone(), jid] };
        assert_eq!(say(&applied, true), ("Zoë's (2)".into(), "Ann wants to join".into()));
        assert_eq!(say(&applied, false), ("Confab".into(), "Somebody wants to join a group".into()));
        let one =
            notice(&message(Some("hi"), 2), &called("דנה"), true, Language::English, "").of_account("me@example.org");
        assert_eq!(one.title, "\u{2068}\u{2068}דנה\u{2069} (2)\u{2069} → me@example.org");
    }

    #[test]
    fn with_details_it_says_who_and_what() {
        let english = Language::System;
        assert_eq!(say(&message(Some("a\n b"), 1), true, english), ("Zoë".into(), "a b".into()));
        assert_eq!(say(&message(None, 3), true, english), ("Zoë (3)".into(), "Encrypted message".into()));
        let ringing = Content::Ringing { from: "zoe@example.org".parse().unwrap(), media: CallMedia::Video };
        assert_eq!(say(&ringing, true, Language::SimplifiedChinese), ("视频来电".into(), "Zoë".into()));
        assert_eq!(say(&Content::WhileAway { count: 12 }, true, english).1, "12 new messages while you were offline");
    }

    #[test]
    fn without_details_it_says_neither() {
        let from = || "zoe@example.org".parse().unwrap();
        let all = [
            message(Some("secret"), 2),
            Content::Ringing { from: from(), media: CallMedia::Audio },
            Content::Missed { from: from(), media: CallMedia::Audio },
        ];
        for content in all {
            let (title, body) = say(&content, false, Language::English);
            assert_eq!(title, "Confab");
            assert!(!body.contains("Zoë") && !body.contains("secret") && !body.is_empty(), "{body}");
        }
    }

    #[test]
    fn words_of_others_cannot_reorder_ours() {
        let say = |name: &str, text: &str| {
            let notice = notice(&message(Some(text), 2), &called(name), true, Language::English, "");
            (notice.title, notice.body)
        };
        assert_eq!(say("Zo\u{202e}ë", "a\u{2067}b"), ("Zoë (2)".into(), "ab".into()));
        assert_eq!(say("דנה", "שלום").0, "\u{2068}דנה\u{2069} (2)");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let body = excerpt(&"长".repeat(EXCERPT + 1));
        assert_eq!(body.chars().count(), EXCERPT + 1);
        assert!(body.ends_with("长…"));
    }
}

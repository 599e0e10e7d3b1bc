//! A conversation as files that anybody can read: JSON for programs, HTML for people.
//!
//! ```text
//! FOLDER/NAME DATE/messages.json   or messages.html
//! FOLDER/NAME DATE/files/…         what of its files is on this device, under safe names
//! ```
//! In: messages page by page, oldest first, with the names of their senders. Out: a new folder; nothing that is there is
//! overwritten, and of an export that fails nothing is left. What is on the server only is not fetched.

mod html;
mod notices;
mod words;

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
};

use confab_model::{BareJid, Message, MessageId, Sender, Timestamp};
use confab_session::xep::datetime_0082;
use confab_transfer::{keep_copy, safe_name};
use serde::{Deserialize, Serialize};
use tokio::{
    fs::File,
    io::{AsyncWriteExt as _, BufWriter},
};

use crate::Language;

/// Folders of one name and day that are tried.
const MOST_NAMES: u32 = 1_000;
/// Octets of the folder's name: file systems take 255.
const LONGEST_NAME: usize = 120;

/// What an export is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub enum ExportForm {
    /// For programs: the messages as the core tells them.
    Json,
    /// For people: one page without scripts.
    Html,
}

/// What stands at the head of an export.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) account: BareJid,
    pub(crate) conversation: BareJid,
    /// For people; the address if there is no better one.
    pub(crate) name: String,
    pub(crate) at: Timestamp,
    /// Not `System`.
    pub(crate) language: Language,
}

/// How people are called.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    pub(crate) known: HashMap<BareJid, String>,
}

impl Names {
    fn of(&self, sender: &Sender) -> String {
        let known = sender.jid.as_ref().and_then(|jid| self.known.get(jid)).filter(|name| !name.is_empty());
        let name = match known {
            Some(name) => name.clone(),
            None if !sender.nickname.is_empty() => sender.nickname.clone(),
            None => sender.jid.as_ref().map(ToString::to_string).unwrap_or_default(),
        };
        unmarked(&name)
    }
}

/// Without the marks that change the order of everything after them (UAX #9).
fn unmarked(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')).collect()
}

/// A message with what the export adds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(flatten)]
    message: &'a Message,
    sender_name: String,
    /// Relative to the export; `None`: the message has no file, or it is not on this device.
    file: Option<String>,
}

/// An export that is being written.
#[derive(Debug)]
pub(crate) struct Export {
    folder: PathBuf,
    form: ExportForm,
    head: Head,
    names: Names,
    writer: BufWriter<File>,
    is_first: bool,
    /// The day of the last message.
    day: String,
}

impl Export {
    /// Makes the folder, and the beginning of the file in it.
    pub(crate) async fn begin(parent: &Path, form: ExportForm, head: Head, names: Names) -> io::Result<Self> {
        let folder = new_folder(parent, &head).await?;
        let opened = async {
            let name = match form {
                ExportForm::Json => "messages.json",
                ExportForm::Html => "messages.html",
            };
            let mut writer = BufWriter::new(File::create_new(folder.join(name)).await?);
            let beginning = match form {
                ExportForm::Json => json_head(&head)?,
                ExportForm::Html => html::head(&head),
            };
            writer.write_all(beginning.as_bytes()).await?;
            Ok(writer)
        };
        match opened.await {
            Ok(writer) => Ok(Self { folder, form, head, names, writer, is_first: true, day: String::new() }),
            Err(error) => {
                let _ = tokio::fs::remove_dir_all(&folder).await;
                Err(error)
            }
        }
    }

    /// The next messages. `files`: where the files of some of them are on this device, with their safe names.
    pub(crate) async fn add(
        &mut self,
        messages: &[Message],
        files: &HashMap<MessageId, (PathBuf, String)>,
    ) -> io::Result<()> {
        for message in messages {
            let file = match files.get(&message.id) {
                Some((path, name)) => self.copy(path.clone(), name).await?,
                None => None,
            };
            let entry = Entry { message, sender_name: self.names.of(&message.sender), file };
            let text = match self.form {
                ExportForm::Json => {
                    let separator = if self.is_first { "\n" } else { ",\n" };
                    format!("{separator}{}", serde_json::to_string(&entry)?)
                }
                ExportForm::Html => {
                    let stamp = datetime_0082::format(message.sent_at);
                    let day = stamp.get(..10).unwrap_or_default();
                    let heading = if day == self.day { String::new() } else { html::day(day) };
                    day.clone_into(&mut self.day);
                    heading + &html::message(&entry, &self.names, words::of(self.head.language))
                }
            };
            self.is_first = false;
            self.writer.write_all(text.as_bytes()).await?;
        }
        Ok(())
    }

    /// `None`: it cannot be read (any more); the rest is worth having all the same. A full disk is an error.
    async fn copy(&self, path: PathBuf, name: &str) -> io::Result<Option<String>> {
        let folder = self.folder.join("files");
        tokio::fs::create_dir_all(&folder).await?;
        let name = name.to_owned();
        let work = move || match keep_copy(&path, &folder, &name) {
            Ok(copy) => Ok(copy.file_name().map(|name| format!("files/{}", name.to_string_lossy()))),
            Err(error) if std::fs::File::open(&path).is_err() => {
                tracing::info!(%error, "a file is left out of the export");
                Ok(None)
            }
            Err(error) => Err(error),
        };
        tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
    }

    /// Ends the file. The folder.
    pub(crate) async fn finish(mut self) -> io::Result<PathBuf> {
        let end = match self.form {
            ExportForm::Json => "\n]}\n",
            ExportForm::Html => html::END,
        };
        self.writer.write_all(end.as_bytes()).await?;
        self.writer.flush().await?;
        self.writer.get_ref().sync_all().await?;
        Ok(self.folder)
    }

    /// Leaves nothing.
    pub(crate) async fn give_up(self) {
        drop(self.writer);
        if let Err(error) = tokio::fs::remove_dir_all(&self.folder).await {
            tracing::warn!(%error, "a part of an export is left");
        }
    }
}

async fn new_folder(parent: &Path, head: &Head) -> io::Result<PathBuf> {
    let stamp = datetime_0082::format(head.at);
    let mut name = safe_name(&head.name);
    while name.len() > LONGEST_NAME {
        name.pop();
    }
    let name = format!("{} {}", name.trim(), stamp.get(..10).unwrap_or_default());
    for number in 1..=MOST_NAMES {
        let folder = parent.join(if number == 1 { name.clone() } else { format!("{name} ({number})") });
        match tokio::fs::create_dir(&folder).await {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn json_head(head: &Head) -> io::Result<String> {
    let fields = serde_json::json!({
        "format": "confab-conversation",
        "version": 1,
        "account": head.account,
        "conversation": head.conversation,
        "name": head.name,
        "exportedAt": head.at,
    });
    let text = serde_json::to_string(&fields)?;
    let open = text.strip_suffix('}').unwrap_or(&text);
    Ok(format!("{open},\"messages\":["))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use confab_model::{Attachment, AttachmentKind, MessageContent, TransferState};

    use super::*;

    pub(super) fn jid(text: &str) -> BareJid {
        text.parse().unwrap()
    }

    fn head(name: &str) -> Head {
        Head {
            account: jid("me@example.org"),
            conversation: jid("bob@example.org"),
            name: name.to_owned(),
            at: Timestamp(1_795_234_611_164),
            language: Language::English,
        }
    }

    fn message(id: &str, content: MessageContent, at: i64) -> Message {
        Message::incoming(id.into(), jid("bob@example.org"), content, Timestamp(at))
    }

    fn text(id: &str, text: &str, at: i64) -> Message {
        message(id, MessageContent::Text { text: text.to_owned() }, at)
    }

    fn file(id: &str, name: &str) -> Message {
        let file = Attachment {
            kind: AttachmentKind::File,
            name: name.to_owned(),
            media_type: "text/plain".to_owned(),
            size: Some(2),
            thumbnail: None,
            transfer: TransferState::Local,
        };
        message(id, MessageContent::File { file: Box::new(file), caption: "a caption".to_owned() }, 20)
    }

    async fn export(parent: &Path, form: ExportForm, name: &str, messages: &[Message]) -> PathBuf {
        let source = parent.join("source");
        tokio::fs::write(&source, b"hi").await.unwrap();
        let files = messages
            .iter()
            .filter_map(|message| match &message.content {
                MessageContent::File { file, .. } => Some((message.id.clone(), (source.clone(), file.name.clone()))),
                _ => None,
            })
            .collect();
        let names = Names { known: HashMap::from([(jid("bob@example.org"), "Bob \u{202e}<b>".to_owned())]) };
        let mut export = Export::begin(parent, form, head(name), names).await.unwrap();
        for one in messages.chunks(2) {
            export.add(one, &files).await.unwrap();
        }
        export.finish().await.unwrap()
    }

    #[tokio::test]
    async fn json_can_be_read_back_with_its_files() {
        let parent = tempfile::tempdir().unwrap();
        let messages = [text("a", "one \"two\"\n</script>", 10), file("b", "n #1.txt"), file("c", "n #1.txt")];
        let folder = export(parent.path(), ExportForm::Json, "../Bob: a/b", &messages).await;
        assert_eq!(folder.parent(), Some(parent.path()), "{}", folder.display());
        let json = std::fs::read_to_string(folder.join("messages.json")).unwrap();
        let whole: serde_json::Value = serde_json::from_str(&json).unwrap();
        let read: Vec<Message> = serde_json::from_value(whole["messages"].clone()).unwrap();
        assert_eq!(read, messages);
        assert_eq!(whole["messages"][0]["senderName"], "Bob <b>");
        let copies: Vec<&str> = (1..3).map(|n| whole["messages"][n]["file"].as_str().unwrap()).collect();
        assert_ne!(copies[0], copies[1]);
        for copy in copies {
            assert_eq!(std::fs::read(folder.join(copy)).unwrap(), b"hi");
        }
        let again = export(parent.path(), ExportForm::Json, "../Bob: a/b", &[]).await;
        assert_ne!(again, folder, "nothing is overwritten");
        let empty: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(again.join("messages.json")).unwrap()).unwrap();
        assert_eq!(empty["messages"], serde_json::json!([]));
    }

    #[tokio::test]
    async fn html_says_what_was_said_and_nothing_of_it_is_markup() {
        let parent = tempfile::tempdir().unwrap();
        let evil = "<script>alert(1)</script><img src=x onerror='a'>\" & \u{202e}";
        let mut answer = text("r", evil, 86_400_000);
        answer.edited_at = Some(Timestamp(86_400_001));
        answer.reply_to = Some(confab_model::Quote {
            id: None,
            sender: Some(Sender { jid: None, nickname: evil.to_owned(), occupant: None }),
            excerpt: evil.to_owned(),
        });
        answer.forwarded = Some(confab_model::Forwarded { from: evil.to_owned(), sent_at: None });
        answer.reactions = vec![confab_model::Reaction { emoji: evil.to_owned(), by: Vec::new(), own: false }];
        let messages = [
            answer,
            file("f", "a'b\" onclick=x #1 %20.txt"),
            message("e", MessageContent::Encrypted { method: evil.to_owned() }, 0),
            message("x", MessageContent::Recalled, 0),
        ];
        let folder = export(parent.path(), ExportForm::Html, evil, &messages).await;
        let html = std::fs::read_to_string(folder.join("messages.html")).unwrap();
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
        // Whatever is in angle brackets is ours.
        let tags = html.split('<').skip(1).map(|rest| rest.split(['>', ' ']).next().unwrap().trim_start_matches('/'));
        let ours = [
            "!doctype",
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "main",
            "h1",
            "h2",
            "p",
            "article",
            "header",
            "b",
            "bdi",
            "time",
            "blockquote",
            "div",
            "a",
            "img",
            "small",
            "i",
        ];
        for tag in tags {
            assert!(ours.contains(&tag), "<{tag}> in {html}");
        }
        assert!(!html.contains("onerror='") && !html.contains("\" onclick"), "{html}");
        assert!(html.contains("1970-01-02"), "days stand between the messages");
        let link = html.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(link.starts_with("files/") && !link.contains(['#', ' ', '\'']), "{link}");
    }

    #[tokio::test]
    async fn of_an_export_that_fails_nothing_is_left() {
        let parent = tempfile::tempdir().unwrap();
        let export = Export::begin(parent.path(), ExportForm::Html, head("Bob"), Names::default()).await.unwrap();
        export.give_up().await;
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
        let nowhere = parent.path().join("missing");
        assert!(Export::begin(&nowhere, ExportForm::Json, head("Bob"), Names::default()).await.is_err());
    }
}

//! History that is not here yet: around a date to which somebody jumps, and behind the last message before a gap.
//!
//! What is older than the oldest message comes page by page (`messages`). Each answer says only whether something came: a
//! server that cannot be asked now is no error, what is here is shown.

use confab_model::{BareJid, MessageId, Timestamp};
use confab_session::{ArchivePage, ArchiveSpan, ReceivedMessage, RequestError, SessionHandle};
use confab_store::{Amended, ArchivePlace, Piece, Received, Taken};

use super::{AccountMessage, Reply, actor::AccountActor, arrivals::FromWire, messages::to_store};
use crate::OperationError;

/// Which part of a conversation is wanted.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Around(Timestamp),
    /// What follows a message that is here.
    Behind(MessageId),
}

/// What the archive answered.
#[derive(Debug)]
pub(crate) struct LoadedPart {
    behind: Option<MessageId>,
    /// From the oldest on.
    pages: Result<Vec<ArchivePage>, RequestError>,
    begins: bool,
    ends: bool,
}

impl AccountActor {
    pub(super) async fn load_part(&mut self, conversation: BareJid, part: Part, reply: Reply<bool>) {
        let place = match &part {
            Part::Around(_) => None,
            Part::Behind(message) => match self.context.store.archive_place(self.id, &conversation, message).await {
                Ok(place) => place,
                Err(error) => {
                    let _ = reply.send(Err(error.into()));
                    return;
                }
            },
        };
        let (session, mailbox) = (self.session.clone(), self.own_mailbox.clone());
        tokio::spawn(async move {
            let part = match (part, place) {
                (Part::Around(at), _) => around(&session, &conversation, at).await,
                (Part::Behind(message), Some(place)) => behind(&session, &conversation, message, place).await,
                (Part::Behind(_), None) => {
                    let _ = reply.send(Ok(false));
                    return;
                }
            };
            if let Some(mailbox) = mailbox.upgrade() {
                let _ = mailbox.send(AccountMessage::PartLoaded { conversation, part: Box::new(part), reply }).await;
            }
        });
    }

    /// Returns whether something of the conversation may be otherwise than before.
    pub(super) async fn part_loaded(
        &mut self,
        conversation: BareJid,
        LoadedPart { behind, pages, begins, ends }: LoadedPart,
    ) -> Result<bool, OperationError> {
        let pages = match pages {
            Ok(pages) => pages,
            Err(error) => {
                tracing::info!(%error, "a part of the history cannot be read");
                return Ok(false);
            }
        };
        let ahead = pages.iter().any(|page| page.ahead);
        let (mut messages, mut changes) = (Vec::new(), Vec::new());
        for page in pages {
            messages.extend(page.messages.into_iter().map(|message| FromWire::Message(Box::new(message))));
            changes.extend(page.amendments.into_iter().map(|amendment| FromWire::Amendment(Box::new(amendment))));
        }
        messages.append(&mut changes);
        messages.retain(|one| *one.conversation() == conversation);
        // Old history is not news: it was there before this device was.
        let settle = move |_: &ReceivedMessage, kept: &mut confab_store::ReceivedMessage| {
            (kept.read, kept.ahead) = (true, ahead);
        };
        let batch = to_store(messages, self.jid.clone(), settle).await?;
        let piece = Piece { arrived: &batch, behind: behind.as_ref(), begins, ends };
        let taken = self.context.store.take_in_piece(self.id, &conversation, piece).await?;
        // The part itself is the answer; what it changes of messages that are on screen is told.
        for one in taken {
            match one {
                Taken::Amendment(amended) => {
                    if let Amended::Changed { message, files } = *amended {
                        self.transfers.delete_copies(files);
                        self.publish_updated(*message).await;
                    }
                }
                Taken::Message(received) => {
                    if let Received::Updated(message) = *received {
                        self.publish_updated(message).await;
                    }
                }
            }
        }
        Ok(true)
    }
}

/// What follows the time is asked for first, and what is before that by its id: some servers know only whole seconds, and
/// "until" and "from" the same time would overlap.
async fn around(session: &SessionHandle, conversation: &BareJid, at: Timestamp) -> LoadedPart {
    let from = session.archive_page(conversation.clone(), ArchiveSpan::Since(at)).await;
    let before = match &from {
        Ok(page) => session.archive_page(conversation.clone(), ArchiveSpan::Before(page.first.clone())).await,
        Err(_) => Ok(ArchivePage::default()),
    };
    let (begins, ends) = (is_complete(&before), is_complete(&from));
    let pages = from.and_then(|from| Ok(vec![before?, from]));
    LoadedPart { behind: None, pages, begins, ends }
}

async fn behind(
    session: &SessionHandle,
    conversation: &BareJid,
    message: MessageId,
    ArchivePlace { archive_id, sent_at }: ArchivePlace,
) -> LoadedPart {
    let by_id = match archive_id {
        Some(id) => Some(session.archive_page(conversation.clone(), ArchiveSpan::After(id)).await),
        None => None,
    };
    let page = match by_id {
        Some(Err(RequestError::Refused(error))) if error.condition == "item-not-found" => None,
        other => other,
    };
    // The archive does not know that message (any more): by its time.
    let page = match page {
        Some(page) => page,
        None => session.archive_page(conversation.clone(), ArchiveSpan::Since(sent_at)).await,
    };
    LoadedPart { behind: Some(message), begins: false, ends: is_complete(&page), pages: page.map(|page| vec![page]) }
}

fn is_complete(page: &Result<ArchivePage, RequestError>) -> bool {
    page.as_ref().is_ok_and(|page| page.complete)
}

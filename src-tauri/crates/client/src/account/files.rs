//! Files of an account's messages: which are brought to and from servers, and what is told of it.
//!
//! By itself only a picture or a voice clip of a contact is fetched, below a size that the person has set; never anything
//! of a stranger, and nothing of old history.

use confab_model::{
    AttachmentKind, DeliveryState, Direction, Event, FailureWhy, Message, MessageContent, MessageId, Subscription,
    TransferFailure, TransferState,
};
use confab_store::{LocalFile, StoreError, StoredFile, Unsent};

use super::{actor::AccountActor, drafts::not_allowed};
use crate::{ErrorCode, OperationError, files::Outcome};

/// Octets of a file that a person asks for: more than 4 GiB cannot be told (`Attachment::size`).
const LARGEST_DOWNLOAD: u64 = u32::MAX as u64;

impl AccountActor {
    /// Begins again with what a crash or a sign-out interrupted.
    pub(super) async fn resume_uploads(&mut self) {
        match self.context.store.pending_uploads(self.id).await {
            Ok(pending) => {
                for stored in pending {
                    self.transfers.upload(stored);
                }
            }
            Err(error) => self.store_failed(&error),
        }
    }

    /// Uploads the file of a message that waits for it.
    pub(super) async fn upload_file(&mut self, message: &MessageId) -> Result<(), StoreError> {
        if let Some(stored) = self.context.store.file(self.id, message).await? {
            self.transfers.upload(stored);
        }
        Ok(())
    }

    /// The person wants the file of a message.
    pub(super) async fn download_file(&mut self, id: MessageId) -> Result<(), OperationError> {
        let message = self.known_message(&id).await?;
        let stored = self.stored_file(&id).await?;
        if matches!(message.delivery, DeliveryState::Uploading { .. }) || self.transfers.is_running(&id) {
            return Ok(());
        }
        if stored.local.as_ref().is_some_and(|local| local.path.is_file()) {
            return Ok(());
        }
        self.fetch(message, stored, LARGEST_DOWNLOAD);
        Ok(())
    }

    fn fetch(&mut self, mut message: Message, stored: StoredFile, limit: u64) {
        if let MessageContent::File { file, .. } = &mut message.content {
            file.transfer = TransferState::Downloading { percent: 0 };
        }
        self.transfers.download(stored, limit);
        self.publish(Event::MessageUpdated { message });
    }

    pub(super) async fn stored_file(&mut self, id: &MessageId) -> Result<StoredFile, OperationError> {
        let stored = self.context.store.file(self.id, id).await?;
        stored.ok_or_else(|| OperationError::new(ErrorCode::UnknownMessage, "there is no file in this message"))
    }

    /// Fetches what is fetched without asking.
    pub(super) async fn fetch_by_itself(&mut self, message: &Message) -> Result<(), StoreError> {
        let limit = u64::from(self.settings.automatic_downloads);
        let MessageContent::File { file, .. } = &message.content else { return Ok(()) };
        let is_shown = matches!(file.kind, AttachmentKind::Image { .. } | AttachmentKind::Voice { .. });
        let is_small = file.size.is_none_or(|size| u64::from(size) <= limit);
        if limit == 0 || !is_shown || !is_small || message.direction != Direction::Incoming {
            return Ok(());
        }
        let Some(sender) = &message.sender.jid else { return Ok(()) };
        if self
            .context
            .store
            .contact(self.id, sender)
            .await?
            .is_none_or(|contact| contact.subscription == Subscription::None)
        {
            return Ok(());
        }
        if let Some(stored) = self.context.store.file(self.id, &message.id).await?
            && stored.transfer == TransferState::Remote
        {
            self.fetch(message.clone(), stored, limit);
        }
        Ok(())
    }

    pub(super) async fn cancel_transfer(&mut self, id: MessageId) -> Result<(), OperationError> {
        let message = self.known_message(&id).await?;
        let was_running = self.transfers.stop(&id);
        if matches!(message.delivery, DeliveryState::Uploading { .. }) {
            self.upload_failed(&id, FailureWhy::Cancelled).await?;
            return Ok(());
        }
        if !was_running {
            return Err(not_allowed("nothing is being transferred"));
        }
        // As it was before: what came so far stays for the next time.
        self.publish(Event::MessageUpdated { message });
        Ok(())
    }

    /// A transfer has ended.
    pub(super) async fn transferred(&mut self, id: MessageId, number: u64, outcome: Outcome) {
        if !self.transfers.ended(&id, number) {
            if let Outcome::Downloaded(local) = outcome {
                self.transfers.delete_copies(vec![local.path]);
            }
            return;
        }
        let done = match outcome {
            Outcome::Uploaded(uploaded) => self.file_uploaded(&id, &uploaded).await,
            Outcome::NotUploaded(why) => self.upload_failed(&id, why).await,
            Outcome::Downloaded(local) => self.file_downloaded(&id, local).await,
            Outcome::NotDownloaded(why) => self.download_failed(&id, why).await,
        };
        if let Err(error) = done {
            self.store_failed(&error);
        }
    }

    async fn file_uploaded(&mut self, id: &MessageId, uploaded: &confab_store::Uploaded) -> Result<(), StoreError> {
        let now = self.context.clock.now().wall;
        // Recalled or deleted meanwhile: nobody hears of the file.
        if let Some(stored) = self.context.store.upload_finished(self.id, id, uploaded, now).await? {
            self.publish_stored(stored);
            self.outgoing.sending().queued();
        }
        Ok(())
    }

    async fn upload_failed(&mut self, id: &MessageId, why: FailureWhy) -> Result<(), StoreError> {
        if let Some(Unsent::Message(message)) = self.context.store.mark_unsent(self.id, id, None, &why).await? {
            self.publish_updated(*message).await;
        }
        Ok(())
    }

    async fn file_downloaded(&mut self, id: &MessageId, local: LocalFile) -> Result<(), StoreError> {
        let now = self.context.clock.now().wall;
        let changed = self.context.store.set_transfer(self.id, id, &TransferState::Local, Some(&local), now).await?;
        match changed {
            Some(message) => self.publish(Event::MessageUpdated { message }),
            None => self.transfers.forget(id),
        }
        Ok(())
    }

    async fn download_failed(&mut self, id: &MessageId, why: TransferFailure) -> Result<(), StoreError> {
        let now = self.context.clock.now().wall;
        let state = TransferState::Failed { why };
        if let Some(message) = self.context.store.set_transfer(self.id, id, &state, None, now).await? {
            self.publish(Event::MessageUpdated { message });
        }
        Ok(())
    }
}

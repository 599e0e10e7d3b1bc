//! Voice clips: recorded here, played here.

use std::path::PathBuf;

use confab_model::{AccountId, MessageId, RecordedClip, VoiceSpeed};

use super::Client;
use crate::{ErrorCode, OperationError, voice::Played};

impl Client {
    /// Opens the microphone and records a voice clip; its course comes as events. A clip that was recorded before and not
    /// sent is thrown away.
    ///
    /// # Errors
    /// `Busy` during a call; `DeviceFailed`: detail is `notFound`, `busy`, `denied` or `failed`; `DiskFull`.
    pub async fn start_recording(&self) -> Result<(), OperationError> {
        self.shared.voice.record().await
    }

    /// Closes the microphone. The clip can be sent as a file draft with `voice`.
    ///
    /// # Errors
    /// `NotAllowed`: nothing is being recorded; `InvalidArgument`: it was too short to have anything in it.
    pub async fn finish_recording(&self) -> Result<RecordedClip, OperationError> {
        self.shared.voice.finish().await
    }

    /// Closes the microphone and deletes what was recorded.
    pub async fn cancel_recording(&self) -> Result<(), OperationError> {
        self.shared.voice.cancel().await
    }

    /// Plays the clip of a message from a place on; another one stops. `None` stops. Its course comes as events.
    ///
    /// # Errors
    /// `Busy` during a call; `FileFailed`: it is not on this device.
    pub async fn play_voice(
        &self,
        account: AccountId,
        message: Option<MessageId>,
        from_ms: u32,
        speed: VoiceSpeed,
    ) -> Result<(), OperationError> {
        let Some(message) = message else { return self.shared.voice.stop().await };
        let path = self.attachment_path(account, message.clone()).await?;
        self.shared.voice.play(Played { account: Some(account), clip: message, path, from_ms, speed }).await
    }

    /// Plays what was recorded and waits to be sent, from a place on; another clip stops. [`Client::play_voice`] without a
    /// message stops it. Its course comes as events of no account, with the path in place of a message.
    ///
    /// # Errors
    /// `Busy` during a call; `NotAllowed`: it was sent, thrown away, or never recorded by this run of the app.
    pub async fn play_recording(&self, path: String, from_ms: u32, speed: VoiceSpeed) -> Result<(), OperationError> {
        let (clip, path) = (MessageId::from(path.as_str()), PathBuf::from(path));
        if !self.shared.files.is_waiting(&path) {
            return Err(OperationError::new(ErrorCode::NotAllowed, "that file does not wait to be sent"));
        }
        self.shared.voice.play(Played { account: None, clip, path, from_ms, speed }).await
    }
}

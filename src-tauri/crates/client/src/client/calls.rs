//! Calls, their records and how they went.

use confab_call::Operation;
use confab_model::{AccountId, BareJid, CallId, CallMedia, CallSnapshot};
use serde_json::{Map, Value};

use super::{CallRecordPage, CallReport, Client};
use crate::{
    ErrorCode, OperationError,
    account::{AccountHandle, AccountMessage},
};

/// Records of one page of the call list.
const MAX_RECORDS: u32 = 100;

impl Client {
    /// Calls somebody. The result is the call's id; its course comes as events.
    pub async fn place_call(
        &self,
        account: AccountId,
        to: BareJid,
        media: CallMedia,
        timeout_s: Option<u32>,
        extension: Option<Map<String, Value>>,
    ) -> Result<CallId, OperationError> {
        let handle = self.handle(account)?;
        let callee = crate::callee::look_up(&handle.session, &to).await;
        let invitation = confab_call::Invitation { to, media, timeout_s, extension, received_check_s: None, callee };
        match self.operate(&handle, Operation::Invite(invitation)).await? {
            confab_call::Done::Invited { call, .. } => Ok(call),
            confab_call::Done::Ok => Err(OperationError::new(ErrorCode::UnknownCall, "the call is over already")),
        }
    }

    /// Answers, with or without the camera.
    pub async fn accept_call(&self, account: AccountId, call: CallId, media: CallMedia) -> Result<(), OperationError> {
        self.call_operation(account, Operation::Accept { call, media, extension: None }).await
    }

    /// Declines, with a text for the caller if wanted.
    pub async fn reject_call(
        &self,
        account: AccountId,
        call: CallId,
        text: Option<String>,
    ) -> Result<(), OperationError> {
        self.call_operation(account, Operation::Reject { call, text, extension: None }).await
    }

    /// Ends a call, declines it, or withdraws it if nobody has answered: whatever fits the state it is in by now.
    pub async fn hang_up(&self, account: AccountId, call: CallId) -> Result<(), OperationError> {
        self.call_operation(account, Operation::End { call }).await
    }

    /// Mutes or unmutes the microphone; the far side is told.
    pub async fn set_muted(&self, account: AccountId, call: CallId, muted: bool) -> Result<(), OperationError> {
        self.call_operation(account, Operation::SetMuted { call, muted }).await
    }

    /// Turns the camera on or off; the far side is told.
    pub async fn set_camera(&self, account: AccountId, call: CallId, on: bool) -> Result<(), OperationError> {
        self.call_operation(account, Operation::SetCamera { call, camera: on }).await
    }

    /// Adds pictures to a call without, with the own camera; answered when the far side has. It shows them and opens no
    /// camera of its own for that.
    ///
    /// # Errors
    /// `VideoRefused`: the far side takes none, or no path was found for them. `InvalidState`: not connected, or there
    /// are pictures already.
    pub async fn add_video(&self, account: AccountId, call: CallId) -> Result<(), OperationError> {
        self.call_operation(account, Operation::AddVideo { call }).await
    }

    /// Makes a call with pictures one without, for both sides.
    pub async fn remove_video(&self, account: AccountId, call: CallId) -> Result<(), OperationError> {
        self.call_operation(account, Operation::RemoveVideo { call }).await
    }

    /// Holds or resumes.
    pub async fn set_held(&self, account: AccountId, call: CallId, held: bool) -> Result<(), OperationError> {
        self.call_operation(account, Operation::SetHeld { call, held }).await
    }

    async fn call_operation(&self, account: AccountId, operation: Operation) -> Result<(), OperationError> {
        let handle = self.handle(account)?;
        self.operate(&handle, operation).await.map(drop)
    }

    async fn operate(&self, handle: &AccountHandle, operation: Operation) -> Result<confab_call::Done, OperationError> {
        handle.ask(|reply| AccountMessage::Call { operation, reply }).await
    }

    /// The calls of all accounts that are not over.
    pub async fn calls(&self) -> Result<Vec<CallSnapshot>, OperationError> {
        let running = self.shared.running.borrow().clone();
        let mut calls = Vec::new();
        for handle in running.values() {
            calls.extend(handle.live_calls().await?);
        }
        Ok(calls)
    }

    /// The call list, newest first. `cursor`: 0, or `next` of the page before; more than 100 is taken as 100.
    pub async fn call_records(
        &self,
        account: AccountId,
        count: u32,
        cursor: u32,
    ) -> Result<CallRecordPage, OperationError> {
        let count = count.clamp(1, MAX_RECORDS);
        let page = self.shared.store.call_records(account, count, cursor).await?;
        Ok(CallRecordPage { records: page.records, next: page.next })
    }

    /// How a call went.
    pub async fn call_report(&self, account: AccountId, call: CallId) -> Result<CallReport, OperationError> {
        let Some(record) = self.shared.store.call_record(account, &call).await? else {
            return Err(OperationError::new(ErrorCode::UnknownCall, "there is no such call"));
        };
        let course = crate::call::load_course(&self.shared.store, account, &call).await?;
        Ok(CallReport { record, quality: course.quality, transports: course.transports })
    }
}

//! Signing out of all devices, as this one takes part in it: what it found when the person signed in is remembered, and
//! another id than that ends the sign-in here. See `confab_session::xep::sign_outs`.

use confab_model::AccountId;

use super::{AccountMessage, actor::AccountActor};

/// Where the store keeps the id that this device knows; empty: there was none. Gone with every new sign-in.
pub(crate) fn key(account: AccountId) -> String {
    format!("sign-out.{}", account.0)
}

impl AccountActor {
    /// In a new session: reads what the node says. Servers tell of it by themselves too, but not all of them every time.
    pub(super) async fn learn_sign_out(&mut self) {
        if self.sign_out.is_none() {
            match self.context.store.setting(&key(self.id)).await {
                Ok(known) => self.sign_out = known,
                Err(error) => return self.store_failed(&error),
            }
        }
        let (session, mailbox) = (self.session.clone(), self.own_mailbox.clone());
        tokio::spawn(async move {
            // Without an answer the next session asks again.
            let Ok(last) = session.last_sign_out().await else { return };
            if let Some(mailbox) = mailbox.upgrade() {
                let _ = mailbox.send(AccountMessage::SignOutKnown(last.unwrap_or_default())).await;
            }
        });
    }

    pub(super) async fn sign_out_known(&mut self, id: String) {
        if self.sign_out.is_some() {
            return self.sign_out_asked(&id);
        }
        if let Err(error) = self.context.store.set_setting(&key(self.id), &id).await {
            return self.store_failed(&error);
        }
        self.sign_out = Some(id);
    }

    /// All devices are to sign out, now or at some time since this one was online.
    pub(super) fn sign_out_asked(&mut self, id: &str) {
        // Not known yet: the answer is on its way, and has this id or a later one. Nothing there (any more) asks nobody.
        if !id.is_empty() && self.sign_out.as_deref().is_some_and(|known| known != id) {
            tracing::info!("signed out of all devices");
            let _ = self.context.leaving.send(self.id);
        }
    }
}

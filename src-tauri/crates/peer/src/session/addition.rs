//! Contents that come into and go out of a running session (content-add, -accept, -reject, -remove; XEP-0166 §7.2).
//!
//! An added content has a transport of its own, as unbundled contents have: nothing that runs is negotiated anew, and what
//! becomes of it touches nothing else. Its transport counts for the session's state once it has been secure; one that
//! does not come up is taken out again and told as [`PeerEvent::ContentFailed`](crate::PeerEvent::ContentFailed).

use std::sync::Arc;
use std::sync::atomic::Ordering;

use confab_model::{Content, ContentName, Creator, DtlsSetup, MediaDescription, Senders};

use super::{Session, Stage, State, is_multiplexed, nothing_agreed};
use crate::chain::tap::by_name;
use crate::codec::Codec;
use crate::stream::{directions, senders};
use crate::transport::Transport;
use crate::{LocalContent, PeerError, PeerRole};

/// Contents that may be added in the life of a session, by both sides: each binds sockets.
const MAX_ADDED: usize = 32;

impl Session {
    pub(super) async fn offer_added(
        &self,
        content: LocalContent,
        state: &State,
    ) -> Result<MediaDescription, PeerError> {
        self.check_addable(&content.name, state)?;
        let of_transport =
            (content.clone(), Codec::offered(content.kind), senders(content.sends, content.receives, self.config.role));
        let transport = self.add_transport(vec![of_transport], false, Some(self.own_side())).await?;
        let contents = transport.offer().await;
        self.described_added(&transport, contents).await
    }

    pub(super) async fn answer_added(
        &self,
        offer: &MediaDescription,
        own: LocalContent,
        state: &mut State,
    ) -> Result<MediaDescription, PeerError> {
        let content = offer.contents.iter().find(|content| content.kind == own.kind && is_multiplexed(content));
        let Some((content, codec)) = content.and_then(|content| Some((content, Codec::agreed(content)?))) else {
            return Err(nothing_agreed(offer));
        };
        self.check_addable(&content.name, state)?;
        let (may_send, may_receive) = directions(content.senders, self.config.role);
        let senders = senders(own.sends && may_send, own.receives && may_receive, self.config.role);
        let local = LocalContent { name: content.name.clone(), is_screen: content.is_screen, ..own };
        let wants_client = content.transport.fingerprint.as_ref().is_some_and(|it| it.setup == DtlsSetup::Active);
        let creator = match self.own_side() {
            Creator::Initiator => Creator::Responder,
            Creator::Responder => Creator::Initiator,
        };
        let transport = self.add_transport(vec![(local, codec.clone(), senders)], wants_client, Some(creator)).await?;
        let contents = transport.answer(&[(content, codec)]).await;
        let answer = self.described_added(&transport, contents).await?;
        self.apply_early(&transport, &content.name, state).await?;
        Ok(answer)
    }

    pub(super) async fn settle_added(&self, answer: &MediaDescription, state: &mut State) -> Result<(), PeerError> {
        let Some(content) = answer.contents.first() else { return Err(PeerError::NothingInCommon) };
        let transport = self.added(&content.name).filter(|transport| !transport.is_answered());
        let transport = transport.ok_or_else(|| PeerError::UnknownContent(content.name.clone()))?;
        let agreed = if is_multiplexed(content) { Codec::agreed(content) } else { None };
        let result = match (agreed, by_name(&transport.streams, &content.name)) {
            (Some(codec), Some(stream)) if stream.kind == content.kind => {
                let (may_send, may_receive) = directions(content.senders, self.config.role);
                stream.sends.fetch_and(may_send, Ordering::Relaxed);
                stream.receives.fetch_and(may_receive, Ordering::Relaxed);
                transport.apply_answer(&[(content, codec)]).await
            }
            _ => Err(nothing_agreed(answer)),
        };
        if let Err(error) = result {
            self.drop_transport(&transport).await;
            return Err(error);
        }
        self.apply_early(&transport, &content.name, state).await
    }

    /// Shuts a content for good; its transport goes with the last one on it.
    pub(super) async fn take_out(&self, name: &ContentName, state: &mut State) {
        state.early.remove(name);
        let transports = self.shared.transports();
        let Some(transport) = transports.iter().find(|it| by_name(&it.streams, name).is_some()) else { return };
        if transport.streams.len() == 1 && transports.len() > 1 {
            return self.drop_transport(transport).await;
        }
        if let Some(stream) = by_name(&transport.streams, name) {
            stream.set_senders(Senders::None, self.config.role);
            stream.is_removed.store(true, Ordering::Relaxed);
        }
    }

    /// Gives the names and gates to what the engine made, or lets go of the transport.
    async fn described_added(
        &self,
        transport: &Arc<Transport>,
        contents: Result<Vec<Content>, PeerError>,
    ) -> Result<MediaDescription, PeerError> {
        match contents {
            Ok(mut contents) => {
                self.finish_contents(&mut contents);
                Ok(MediaDescription { contents, ..Default::default() })
            }
            Err(error) => {
                self.drop_transport(transport).await;
                Err(error)
            }
        }
    }

    async fn apply_early(&self, transport: &Transport, name: &ContentName, state: &mut State) -> Result<(), PeerError> {
        let early = state.early.remove(name).unwrap_or_default();
        transport.apply_transport("", "", &early.iter().collect::<Vec<_>>()).await.map(drop)
    }

    async fn drop_transport(&self, transport: &Arc<Transport>) {
        self.shared.forget(transport);
        transport.close().await;
    }

    fn added(&self, name: &ContentName) -> Option<Arc<Transport>> {
        let mut transports = self.shared.transports().into_iter();
        transports.find(|transport| transport.is_added && by_name(&transport.streams, name).is_some())
    }

    fn check_addable(&self, name: &ContentName, state: &State) -> Result<(), PeerError> {
        match state.stage {
            Stage::Settled => {}
            Stage::Closed => return Err(PeerError::Closed),
            Stage::New | Stage::Offered => return Err(PeerError::WrongState("nothing to add to yet")),
        }
        if self.shared.route(name, |_, _| ()).is_some() {
            return Err(PeerError::WrongState("there is a content of that name"));
        }
        if self.shared.added.fetch_add(1, Ordering::Relaxed) >= MAX_ADDED {
            return Err(PeerError::Unusable("too many contents were added"));
        }
        Ok(())
    }

    /// Who makes what this side adds (XEP-0166 §7.3, `creator`).
    fn own_side(&self) -> Creator {
        match self.config.role {
            PeerRole::Initiator => Creator::Initiator,
            PeerRole::Responder => Creator::Responder,
        }
    }
}

//! Contents that share a transport (XEP-0338), as the far side describes them.

use confab_model::{Content, ContentName, MediaDescription, TransportDescription};

use super::Match;
use crate::PeerError;

/// The contents of an answer to a bundled offer that are not on the shared transport: those of a responder that took
/// only some into its bundle (XEP-0338 §4) have none.
///
/// # Errors
/// When it does not bundle at all, and answers with several transports.
pub(super) fn unbundled(answer: &MediaDescription) -> Result<Vec<&ContentName>, PeerError> {
    let has_transport = |content: &&Content| !content.transport.ufrag.is_empty();
    let is_in = |content: &&Content| answer.bundle.contains(&content.name);
    let bundled = answer.contents.iter().filter(is_in).find(has_transport);
    let Some(shared) = bundled.or_else(|| answer.contents.iter().find(has_transport)) else { return Ok(Vec::new()) };
    let others = answer.contents.iter().filter(|content| !is_in(content) && has_transport(content));
    let left_out = others.filter(|content| content.transport.ufrag != shared.transport.ufrag);
    let left_out: Vec<&ContentName> = left_out.map(|content| &content.name).collect();
    if bundled.is_none() && !left_out.is_empty() {
        return Err(PeerError::Unusable("bundle refused"));
    }
    if !left_out.is_empty() {
        tracing::info!(count = left_out.len(), "contents that the far side does not bundle are left out");
    }
    Ok(left_out)
}

/// The contents of a group as the engine needs them: bundled ones that tell no transport get the shared one.
pub(super) fn with_shared_transport<'a>(
    group: Vec<Match<'a>>,
    offer: &MediaDescription,
    is_bundle: bool,
) -> Vec<(Match<'a>, Content)> {
    let first = offer.bundle.iter().find_map(|name| {
        let content = offer.contents.iter().find(|content| content.name == *name)?;
        (!content.transport.ufrag.is_empty()).then_some(&content.transport)
    });
    let mut with_content: Vec<(Match<'a>, Content)> = group
        .into_iter()
        .map(|entry| {
            let content = entry.content.clone();
            (entry, content)
        })
        .collect();
    if let (true, Some(first)) = (is_bundle, first) {
        for (_, content) in &mut with_content {
            let candidates = std::mem::take(&mut content.transport.candidates);
            content.transport = TransportDescription { candidates, ..first.clone() };
        }
        if let Some((_, content)) = with_content.first_mut() {
            let known = &mut content.transport.candidates;
            known.extend(
                first.candidates.iter().filter(|candidate| !known.contains(candidate)).cloned().collect::<Vec<_>>(),
            );
        }
    }
    with_content
}

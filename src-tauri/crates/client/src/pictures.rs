//! Small pictures as `data:` URLs, decoded and encoded anew before anybody sees them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use confab_media::image;
use confab_model::{Composed, MessageBody};
use confab_store::ShownFile;
use confab_transfer::safe_name;

pub(crate) fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", STANDARD.encode(bytes))
}

/// What people see of a received message's file. Blocks for some milliseconds if there is a thumbnail.
pub(crate) fn shown(content: &Composed) -> Option<ShownFile> {
    let MessageBody::File { file, .. } = &content.body else { return None };
    let thumbnail = file.thumbnail.as_ref().and_then(|(media_type, bytes)| {
        let small = image::check_thumbnail(media_type, bytes)
            .inspect_err(|error| tracing::info!(code = error.code(), "a thumbnail was dropped"))
            .ok()?;
        Some(data_url(small.info.media_type, &small.bytes))
    });
    Some(ShownFile { name: safe_name(&file.name), thumbnail })
}

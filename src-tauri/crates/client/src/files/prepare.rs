//! From a file that a person chose to what is sent: its name made safe, what it is, a picture without what its camera wrote
//! into it, a small one to show before it is there, the loudness of a voice clip.

use std::{fs, path::Path};

use confab_media::{image, voice};
use confab_model::SharedFile;
use confab_store::{LocalFile, ShownFile};
use confab_transfer::safe_name;

use super::Files;
use crate::{ErrorCode, OperationError, pictures::data_url};

/// A file that may be sent.
#[derive(Debug)]
pub(crate) struct PreparedFile {
    pub(crate) file: SharedFile,
    pub(crate) shown: ShownFile,
    pub(crate) local: LocalFile,
}

/// Looks at a file. Blocks: decodes pictures, listens to voice clips.
pub(crate) fn prepare(
    files: &Files,
    path: &Path,
    name: Option<&str>,
    is_voice: bool,
) -> Result<PreparedFile, OperationError> {
    let unreadable =
        |detail: String| OperationError::new(ErrorCode::FileFailed, "the file cannot be read").with_detail(detail);
    let metadata = fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !metadata.is_file() {
        return Err(unreadable("it is a folder or a device".to_owned()));
    }
    if metadata.len() == 0 {
        return Err(OperationError::new(ErrorCode::InvalidArgument, "an empty file is not sent"));
    }
    let own_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = safe_name(name.unwrap_or(&own_name));
    let file = SharedFile {
        media_type: media_type(&name).to_owned(),
        name,
        size: Some(metadata.len()),
        urls: Vec::new(),
        sha256: None,
        width: 0,
        height: 0,
        duration_ms: 0,
        voice: None,
        thumbnail: None,
    };
    let local = LocalFile { path: path.to_owned(), is_copy: files.is_own(path), size: metadata.len() };
    let prepared = PreparedFile { shown: ShownFile { name: file.name.clone(), thumbnail: None }, file, local };
    if is_voice {
        return voice_clip(prepared);
    }
    if metadata.len() <= image::LARGEST_FILE && prepared.file.media_type.starts_with("image/") {
        let bytes = fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        return picture(files, prepared, &bytes);
    }
    Ok(prepared)
}

fn voice_clip(mut prepared: PreparedFile) -> Result<PreparedFile, OperationError> {
    let details = voice::voice_details(&prepared.local.path).map_err(|error| {
        OperationError::new(ErrorCode::InvalidArgument, "that is not a voice clip").with_detail(error)
    })?;
    prepared.file.duration_ms = details.duration_ms;
    prepared.file.voice = Some(details.waveform);
    if !prepared.file.media_type.starts_with("audio/") {
        prepared.file.media_type = "audio/ogg".to_owned();
    }
    Ok(prepared)
}

/// What is no picture that we know goes as it is, as a file.
fn picture(files: &Files, mut prepared: PreparedFile, bytes: &[u8]) -> Result<PreparedFile, OperationError> {
    let Ok(info) = image::inspect(bytes) else { return Ok(prepared) };
    prepared.file.width = info.width;
    prepared.file.height = info.height;
    prepared.file.media_type = info.media_type.to_owned();
    if let Ok(small) = image::thumbnail(bytes, image::THUMBNAIL_EDGE) {
        prepared.shown.thumbnail = Some(data_url(small.info.media_type, &small.bytes));
        prepared.file.thumbnail = Some((small.info.media_type.to_owned(), small.bytes));
    }
    match image::strip_metadata(bytes) {
        Ok(stripped) if stripped != bytes => {
            let failed = |error: std::io::Error| {
                OperationError::new(ErrorCode::FileFailed, "the picture cannot be kept").with_detail(error)
            };
            let copy = files.own_path(&prepared.file.name).map_err(failed)?;
            fs::write(&copy, &stripped).map_err(failed)?;
            let size = stripped.len() as u64;
            if prepared.local.is_copy {
                let _ = fs::remove_file(&prepared.local.path);
            }
            prepared.file.size = Some(size);
            prepared.local = LocalFile { path: copy, is_copy: true, size };
        }
        Ok(_) => {}
        // The person would not know what goes along with it.
        Err(error) => {
            return Err(OperationError::new(ErrorCode::FileFailed, "the picture is damaged").with_detail(error));
        }
    }
    Ok(prepared)
}

/// By the end of the name, as systems do. What is not listed is just octets.
fn media_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" | "jfif" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        "svg" => "image/svg+xml",
        "avif" => "image/avif",
        "heic" => "image/heic",
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "mkv" => "video/x-matroska",
        "avi" => "video/x-msvideo",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "aac" => "audio/aac",
        "flac" => "audio/flac",
        "wav" => "audio/wav",
        "txt" | "log" => "text/plain",
        "md" => "text/markdown",
        "csv" => "text/csv",
        "htm" | "html" => "text/html",
        "json" => "application/json",
        "xml" => "application/xml",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        "7z" => "application/x-7z-compressed",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ppt" => "application/vnd.ms-powerpoint",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn prepared(name: &str, bytes: &[u8], is_voice: bool) -> Result<PreparedFile, OperationError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let prepared = prepare(&Files::new(folder.path(), None), &path, None, is_voice);
        // The test's folder goes; what was made of it has been looked at.
        drop(folder);
        prepared
    }

    #[test]
    fn a_file_goes_as_it_is_under_a_safe_name() {
        let file = prepared("Report 2026.PDF", b"%PDF", false).unwrap();
        assert_eq!((file.file.name.as_str(), file.file.media_type.as_str()), ("Report 2026.PDF", "application/pdf"));
        assert_eq!((file.file.size, file.local.is_copy), (Some(4), false));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, b"x").unwrap();
        let named = prepare(&Files::new(folder.path(), None), &path, Some("../../a\u{202e}gpj.exe"), false).unwrap();
        assert_eq!(named.file.name, "agpj.exe");
    }

    #[test]
    fn what_is_no_picture_by_its_content_goes_as_a_file() {
        let file = prepared("not-a-picture.png", b"hello", false).unwrap();
        assert_eq!((file.file.width, file.file.thumbnail), (0, None));
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        assert_eq!(prepared("empty.txt", b"", false).unwrap_err().code, ErrorCode::InvalidArgument);
        assert_eq!(prepared("clip.ogg", b"not sound", true).unwrap_err().code, ErrorCode::InvalidArgument);
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path(), None);
        for path in [folder.path().join("missing"), folder.path().to_owned()] {
            assert_eq!(prepare(&files, &path, None, false).unwrap_err().code, ErrorCode::FileFailed);
        }
    }
}

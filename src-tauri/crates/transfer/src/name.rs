//! Names of files that others chose, made safe.

/// ext4, APFS and NTFS take at least this many bytes (NTFS: 255 UTF-16 units, which are never more).
const MAX_BYTES: usize = 255;
/// What the end of a name may have at most to count as its extension.
const MAX_EXTENSION: usize = 16;
const NAMELESS: &str = "file";

/// A name that stands for a file in any folder of any system: without path, control and direction characters, not
/// hidden, not one of Windows' devices, at most 255 bytes with its extension kept. Never empty.
///
/// What people read is what the system opens: direction marks that would show `exe.gpj` as `jpg.exe` are gone.
pub fn safe_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let cleaned: String =
        last.chars().filter(|c| !is_invisible(*c)).map(|c| if is_forbidden(c) { '_' } else { c }).collect();
    // Leading dots hide a file, Windows drops dots and spaces at the end.
    let trimmed = cleaned.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let name = if trimmed.is_empty() { NAMELESS } else { trimmed };
    let name = if is_device(name) { format!("_{name}") } else { name.to_owned() };
    shortened(&name)
}

/// Control characters, and format characters that change how the others are read (Unicode TR 36 §2.3, TR 9).
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*')
}

/// `CON`, `nul.txt`, `COM1`: names of devices on Windows, with any extension.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let upper = stem.to_ascii_uppercase();
    let numbered = |prefix: &str| {
        upper.strip_prefix(prefix).is_some_and(|rest| {
            let mut rest = rest.chars();
            matches!((rest.next(), rest.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
        })
    };
    matches!(upper.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") || numbered("COM") || numbered("LPT")
}

/// Cut to the limit at a character, before the extension.
fn shortened(name: &str) -> String {
    if name.len() <= MAX_BYTES {
        return name.to_owned();
    }
    let (stem, extension) = match name.rfind('.') {
        Some(at) if name.len() - at <= MAX_EXTENSION => name.split_at(at),
        _ => (name, ""),
    };
    let mut end = MAX_BYTES - extension.len();
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", stem[..end].trim_end_matches(|c: char| c == '.' || c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_marks_and_devices_are_gone() {
        let cases = [
            ("photo.jpg", "photo.jpg"),
            ("../../x", "x"),
            ("..\\..\\boot.ini", "boot.ini"),
            ("/etc/passwd", "passwd"),
            ("a/b/", "b"),
            ("..", "file"),
            ("", "file"),
            (".bashrc", "bashrc"),
            ("...hidden...", "hidden"),
            ("name. ", "name"),
            ("cv\u{202e}fdp.exe", "cvfdp.exe"),
            ("a\u{0}b\nc.txt", "abc.txt"),
            ("what?<is>:this|.txt", "what__is__this_.txt"),
            ("con", "_con"),
            ("NUL.tar.gz", "_NUL.tar.gz"),
            ("com1.txt", "_com1.txt"),
            ("COM10.txt", "COM10.txt"),
            ("报告 2026.pdf", "报告 2026.pdf"),
            ("C:\\Users\\x\\y.txt", "y.txt"),
            ("file:stream", "file_stream"),
        ];
        for (raw, safe) in cases {
            assert_eq!(safe_name(raw), safe, "{raw:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension_and_whole_characters() {
        let long = format!("{}.jpeg", "照".repeat(200));
        let safe = safe_name(&long);
        assert!(safe.len() <= MAX_BYTES && safe.ends_with("照.jpeg"), "{} bytes", safe.len());
        let without = safe_name(&"a".repeat(300));
        assert_eq!(without.len(), MAX_BYTES);
        let odd = safe_name(&format!("a.{}", "b".repeat(300)));
        assert_eq!(odd.len(), MAX_BYTES);
    }

    #[test]
    fn safe_stays_safe() {
        let seed = 20_261_121_u64;
        println!("seed {seed}");
        let mut state = seed;
        let mut random = |below: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            u32::try_from(state >> 33).unwrap_or(0) % below
        };
        for _ in 0..20_000 {
            let length = random(40);
            let raw: String = (0..length)
                .filter_map(|_| match random(4) {
                    0 => char::from_u32(random(0x80)),
                    1 => "./\\: \u{202e}".chars().nth(random(6) as usize),
                    _ => char::from_u32(random(0x1_1000)),
                })
                .collect();
            let safe = safe_name(&raw);
            assert!(!safe.is_empty() && safe.len() <= MAX_BYTES, "{raw:?}");
            assert!(!safe.chars().any(|c| is_invisible(c) || is_forbidden(c)), "{raw:?} made {safe:?}");
            assert!(!safe.starts_with('.') && !safe.ends_with(['.', ' ']), "{raw:?} made {safe:?}");
            assert_eq!(safe_name(&safe), safe, "{raw:?}");
        }
    }
}

//! The VP8 payload descriptor, RFC 7741 §4.2.
//!
//! ```text
//!  X R N S R PID │ I L T K RSV │ M PictureID (7 or 15) │ TL0PICIDX │ TID Y KEYIDX
//! ```

/// Why a payload was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DescriptorError {
    #[error("the payload ends within its descriptor")]
    Truncated,
    #[error("the payload has a descriptor and nothing else")]
    Empty,
}

/// Where a picture stands among temporal layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemporalLayer {
    /// Counts pictures of layer 0, modulo 256.
    pub tl0_index: u8,
    /// 0..=3
    pub layer: u8,
    /// Depends on nothing but the last picture of layer 0.
    pub depends_on_base_only: bool,
}

/// The descriptor in front of each payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PayloadDescriptor {
    /// No other picture depends on this one.
    pub non_reference: bool,
    /// The payload begins a partition.
    pub partition_start: bool,
    /// 0..=7
    pub partition: u8,
    /// The number, and whether it has 15 bits (else 7).
    pub picture_id: Option<(u16, bool)>,
    pub temporal: Option<TemporalLayer>,
}

impl PayloadDescriptor {
    /// Splits a payload into its descriptor and the bytes of the picture.
    pub fn parse(payload: &[u8]) -> Result<(Self, &[u8]), DescriptorError> {
        let mut rest = payload;
        let mut next = || {
            let (&byte, tail) = rest.split_first().ok_or(DescriptorError::Truncated)?;
            rest = tail;
            Ok::<u8, DescriptorError>(byte)
        };
        let first = next()?;
        let extension = if first & 0x80 != 0 { next()? } else { 0 };
        let mut picture_id = None;
        if extension & 0x80 != 0 {
            let high = next()?;
            picture_id = Some(if high & 0x80 != 0 {
                (u16::from_be_bytes([high & 0x7F, next()?]), true)
            } else {
                (u16::from(high), false)
            });
        }
        let tl0_index = if extension & 0x40 != 0 { Some(next()?) } else { None };
        let layers = if extension & 0x30 != 0 { Some(next()?) } else { None };
        // TID and Y count only with the T bit, and dependencies need the index as well.
        let temporal = match (tl0_index, layers) {
            (Some(tl0_index), Some(byte)) if extension & 0x20 != 0 => {
                Some(TemporalLayer { tl0_index, layer: byte >> 6, depends_on_base_only: byte & 0x20 != 0 })
            }
            _ => None,
        };
        if rest.is_empty() {
            return Err(DescriptorError::Empty);
        }
        let descriptor = Self {
            non_reference: first & 0x20 != 0,
            partition_start: first & 0x10 != 0,
            partition: first & 0x07,
            picture_id,
            temporal,
        };
        Ok((descriptor, rest))
    }

    /// Appends the descriptor to `out`.
    pub fn write(&self, out: &mut Vec<u8>) {
        let extended = self.picture_id.is_some() || self.temporal.is_some();
        out.push(
            u8::from(extended) << 7
                | u8::from(self.non_reference) << 5
                | u8::from(self.partition_start) << 4
                | self.partition & 0x07,
        );
        if !extended {
            return;
        }
        let layered = self.temporal.is_some();
        out.push(u8::from(self.picture_id.is_some()) << 7 | u8::from(layered) << 6 | u8::from(layered) << 5);
        match self.picture_id {
            Some((id, true)) => out.extend_from_slice(&(id | 0x8000).to_be_bytes()),
            Some((id, false)) => out.push((id & 0x7F) as u8),
            None => {}
        }
        if let Some(temporal) = self.temporal {
            out.push(temporal.tl0_index);
            out.push(temporal.layer << 6 | u8::from(temporal.depends_on_base_only) << 5);
        }
    }

    /// The first payload of a picture: the start of partition 0.
    pub fn is_picture_start(&self) -> bool {
        self.partition_start && self.partition == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn descriptor() -> impl Strategy<Value = PayloadDescriptor> {
        let picture_id = proptest::option::of(prop_oneof![
            (0u16..0x8000).prop_map(|id| (id, true)),
            (0u16..0x80).prop_map(|id| (id, false))
        ]);
        let temporal = proptest::option::of((any::<u8>(), 0u8..4, any::<bool>())).prop_map(|layer| {
            layer.map(|(tl0_index, layer, depends_on_base_only)| TemporalLayer {
                tl0_index,
                layer,
                depends_on_base_only,
            })
        });
        (any::<bool>(), any::<bool>(), 0u8..8, picture_id, temporal).prop_map(
            |(non_reference, partition_start, partition, picture_id, temporal)| PayloadDescriptor {
                non_reference,
                partition_start,
                partition,
                picture_id,
                temporal,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(descriptor in descriptor(), body in proptest::collection::vec(any::<u8>(), 1..20)) {
            let mut payload = Vec::new();
            descriptor.write(&mut payload);
            payload.extend_from_slice(&body);
            prop_assert_eq!(PayloadDescriptor::parse(&payload), Ok((descriptor, body.as_slice())));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Ok((_, body)) = PayloadDescriptor::parse(&bytes) {
                prop_assert!(!body.is_empty() && body.len() < bytes.len());
            }
        }
    }

    #[test]
    fn examples_of_rfc_7741_section_4_5() {
        // §4.5.3: VP8 interframe, 15-bit PictureID 4711... and a key frame start without extension.
        let (descriptor, body) = PayloadDescriptor::parse(&[0x80, 0x80, 0x81, 0x02, 0xFF]).unwrap();
        assert_eq!(descriptor.picture_id, Some((0x0102, true)));
        assert_eq!(body, [0xFF]);
        let (descriptor, _) = PayloadDescriptor::parse(&[0x10, 0x00]).unwrap();
        assert!(descriptor.is_picture_start());
        assert_eq!(PayloadDescriptor::parse(&[]), Err(DescriptorError::Truncated));
        assert_eq!(PayloadDescriptor::parse(&[0x90, 0xF0, 0x80]), Err(DescriptorError::Truncated));
        assert_eq!(PayloadDescriptor::parse(&[0x10]), Err(DescriptorError::Empty));
    }
}

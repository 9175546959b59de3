//! Ogg pages for one packet stream, as RFC 3533 lays them out, for streaming.
//!
//! What it is: each call makes one whole page, so that a listener can play what has come so far. What it is not: there
//! is no reading and no second stream in the file.

/// Packets that one page holds here; a page has room for 255 length bytes, 51 of them a packet of 1275 bytes at 20 ms.
pub const PACKETS_PER_PAGE_MAX: usize = 50;
/// Longest packet, in bytes: five length bytes, the longest packet that Opus makes.
pub const PACKET_BYTES_MAX: usize = 1275;
/// Polynomial of the page checksum: not reflected, nothing added before or after.
const CHECKSUM_POLYNOMIAL: u32 = 0x04C1_1DB7;
const FIRST_PAGE: u8 = 2;
const LAST_PAGE: u8 = 4;

/// Writes the pages of one stream.
#[derive(Debug, Clone)]
pub struct Pages {
    serial: u32,
    sequence: u32,
}

impl Pages {
    /// A stream with this serial number; a file of one stream may have any.
    pub fn new(serial: u32) -> Pages {
        Pages { serial, sequence: 0 }
    }

    /// One page that holds whole packets. `granule` is the codec's position after the last of them; `last` marks the
    /// end of the stream. Packets beyond [`PACKETS_PER_PAGE_MAX`] and bytes beyond [`PACKET_BYTES_MAX`] are refused by
    /// a debug assertion: the caller cuts pages.
    pub fn page(&mut self, packets: &[Vec<u8>], granule: u64, last: bool) -> Vec<u8> {
        debug_assert!(packets.len() <= PACKETS_PER_PAGE_MAX);
        debug_assert!(packets.iter().all(|packet| packet.len() <= PACKET_BYTES_MAX));
        let first = if self.sequence == 0 { FIRST_PAGE } else { 0 };
        let end = if last { LAST_PAGE } else { 0 };
        let mut lengths = Vec::new();
        for packet in packets {
            lengths.extend(std::iter::repeat_n(255, packet.len() / 255));
            lengths.push((packet.len() % 255) as u8);
        }
        let mut page =
            Vec::with_capacity(27 + lengths.len() + packets.iter().map(Vec::len).sum::<usize>());
        page.extend_from_slice(b"OggS\0");
        page.push(first | end);
        page.extend_from_slice(&granule.to_le_bytes());
        page.extend_from_slice(&self.serial.to_le_bytes());
        page.extend_from_slice(&self.sequence.to_le_bytes());
        page.extend_from_slice(&[0; 4]);
        page.push(lengths.len() as u8);
        page.extend_from_slice(&lengths);
        for packet in packets {
            page.extend_from_slice(packet);
        }
        let checksum = checksum(&page);
        page[22..26].copy_from_slice(&checksum.to_le_bytes());
        self.sequence = self.sequence.wrapping_add(1);
        page
    }
}

const CHECKSUMS: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut value = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            let carry = value >> 31;
            value = (value << 1) ^ (carry * CHECKSUM_POLYNOMIAL);
            bit += 1;
        }
        table[byte] = value;
        byte += 1;
    }
    table
};

/// The page's checksum, its own four bytes being zero.
fn checksum(page: &[u8]) -> u32 {
    page.iter().fold(0, |sum, byte| (sum << 8) ^ CHECKSUMS[((sum >> 24) as u8 ^ byte) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_specification() {
        // CRC-32/CKSUM gives 0x765E7680 for these digits; it differs by its last inversion alone.
        assert_eq!(checksum(b"123456789"), 0x89A1_897F);
    }

    #[test]
    fn a_page_says_where_it_stands() {
        let mut pages = Pages::new(7);
        let head = pages.page(&[b"head".to_vec()], 0, false);
        assert_eq!(&head[..6], b"OggS\0\x02");
        assert_eq!((head[26], head[27], &head[28..]), (1, 4, &b"head"[..]));
        let page = pages.page(&[vec![1; 255], vec![2; 600]], 1920, true);
        assert_eq!(page[5], LAST_PAGE);
        assert_eq!(page[6..14], 1920u64.to_le_bytes());
        assert_eq!(
            (page[14..18].to_vec(), page[18..22].to_vec()),
            (vec![7, 0, 0, 0], vec![1, 0, 0, 0])
        );
        assert_eq!(page[26..32], [5, 255, 0, 255, 255, 90]);
        assert_eq!(page.len(), 32 + 855);
    }
}

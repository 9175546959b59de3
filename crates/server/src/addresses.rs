//! What one network address may take of the connections: so many at once, and so many new ones a second.
//!
//! An address of IPv6 stands for its network of 64 bits, which is what one customer gets.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::bucket::Bucket;

/// Connections of one address at once: a provider's media servers are few and bring many calls.
const OF_ONE_MAX: usize = 2_048;
/// Addresses that are remembered.
const ADDRESSES_MAX: usize = 16_384;
/// The network part of an IPv6 address, bits.
const NETWORK: u128 = !0 << 64;

/// The addresses that are or were connected.
#[derive(Debug)]
pub struct Addresses {
    known: Mutex<HashMap<IpAddr, Peer>>,
    per_second: u32,
}

#[derive(Debug)]
struct Peer {
    connected: usize,
    new: Bucket,
}

/// One connection of an address; gives its place back when dropped.
#[derive(Debug)]
pub struct Connected {
    address: IpAddr,
    addresses: Arc<Addresses>,
}

impl Drop for Connected {
    fn drop(&mut self) {
        let mut known = self.addresses.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(peer) = known.get_mut(&self.address) {
            peer.connected -= 1;
        }
    }
}

impl Addresses {
    /// Nobody yet; each may open so many connections a second.
    pub fn new(per_second: u32) -> Self {
        Self { known: Mutex::default(), per_second }
    }

    /// A place for a new connection of this address, if it may have one.
    pub fn enter(self: &Arc<Self>, address: IpAddr, now: Instant) -> Option<Connected> {
        let address = network(address);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ADDRESSES_MAX && !known.contains_key(&address) {
            known.retain(|_, peer| peer.connected > 0 || !peer.new.is_full(now));
            if known.len() >= ADDRESSES_MAX {
                return None;
            }
        }
        let fresh = || Peer { connected: 0, new: Bucket::per_second(self.per_second) };
        let peer = known.entry(address).or_insert_with(fresh);
        if peer.connected >= OF_ONE_MAX || peer.new.take(now, 1.0).is_err() {
            return None;
        }
        peer.connected += 1;
        Some(Connected { address, addresses: self.clone() })
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() & NETWORK).into(),
        four => four,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn one_address_does_not_keep_others_out() {
        let (addresses, start) = (Arc::new(Addresses::new(100)), Instant::now());
        let [one, other] = [1, 2].map(|last| IpAddr::from([192, 0, 2, last]));
        let came = (0..500).filter(|_| addresses.enter(one, start).is_some()).count();
        assert_eq!(came, 200);
        assert!(addresses.enter(other, start).is_some());
        assert!(addresses.enter(one, start + Duration::from_millis(20)).is_some());
    }

    #[test]
    fn what_is_held_counts_until_it_is_given_back() {
        let (addresses, start) = (Arc::new(Addresses::new(1_000_000)), Instant::now());
        let one = IpAddr::from([192, 0, 2, 1]);
        let mut held: Vec<_> =
            (0..OF_ONE_MAX).map(|_| addresses.enter(one, start).unwrap()).collect();
        assert!(addresses.enter(one, start).is_none());
        held.pop();
        assert!(addresses.enter(one, start).is_some());
    }

    #[test]
    fn a_network_is_one_address_and_addresses_are_forgotten() {
        let (addresses, start) = (Arc::new(Addresses::new(1)), Instant::now());
        let six =
            |network: u16, host: u16| IpAddr::from([0x2001, 0xdb8, 0, network, 0, 0, 0, host]);
        assert!(addresses.enter(six(1, 1), start).is_some());
        assert!(addresses.enter(six(1, 2), start).is_some());
        assert!(addresses.enter(six(1, 3), start).is_none());
        for number in 0..40_000u32 {
            let address = IpAddr::from(number.to_be_bytes());
            let now = start + Duration::from_millis(u64::from(number));
            drop(addresses.enter(address, now).unwrap());
        }
        assert!(addresses.known.lock().unwrap().len() <= ADDRESSES_MAX);
    }
}

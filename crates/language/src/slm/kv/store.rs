//! Keys and values of a call: those of a shared prefix, then its own.

use std::sync::Arc;

use super::Precision;
use crate::slm::config::Config;
use crate::slm::float::Stored;

/// Positions that memory is asked for at once.
const GROWTH_ROWS: usize = 64;

/// Keys and values of stretches of tokens, by layer.
#[derive(Clone)]
pub(crate) enum Numbers {
    Float(Vec<LayerNumbers<f32>>),
    Half(Vec<LayerNumbers<u16>>),
}

/// One layer's, each (positions, key heads, head).
#[derive(Clone, Default)]
pub(crate) struct LayerNumbers<T> {
    keys: Vec<T>,
    values: Vec<T>,
}

/// A layer's keys and values while a pass adds to them.
pub(crate) struct LayerRows<'a, T> {
    /// The prefix's, as far as it is used.
    pub prefix_keys: &'a [T],
    /// The same of values.
    pub prefix_values: &'a [T],
    /// The call's own.
    pub keys: &'a mut Vec<T>,
    /// The same of values.
    pub values: &'a mut Vec<T>,
    /// Numbers a position.
    row: usize,
}

impl<T: Stored> LayerRows<'_, T> {
    /// Adds rows of keys and values.
    pub(crate) fn append(&mut self, keys: &[f32], values: &[f32]) {
        for (own, new) in [(&mut *self.keys, keys), (&mut *self.values, values)] {
            if own.capacity() - own.len() < new.len() {
                // Doubling would cost more than the call's whole text.
                own.reserve_exact(new.len() + GROWTH_ROWS * self.row);
            }
            own.extend(new.iter().map(|&x| T::store(x)));
        }
    }
}

/// A layer in the store's precision.
pub(crate) enum Rows<'a> {
    Float(LayerRows<'a, f32>),
    Half(LayerRows<'a, u16>),
}

/// What a call's cache holds. Every layer is equally long between passes.
#[derive(Clone)]
pub(crate) struct Store {
    prefix: Option<Arc<Store>>,
    /// Positions of the prefix in use.
    prefix_length: usize,
    own: Numbers,
    /// Positions of its own.
    own_length: usize,
    /// Numbers a position and layer, keys or values.
    row: usize,
}

impl Numbers {
    fn new(layers: usize, precision: Precision) -> Self {
        match precision {
            Precision::Float => Self::Float(vec![LayerNumbers::default(); layers]),
            Precision::Half => Self::Half(vec![LayerNumbers::default(); layers]),
        }
    }
}

impl<T> LayerNumbers<T> {
    fn truncate(&mut self, numbers: usize) {
        self.keys.truncate(numbers);
        self.values.truncate(numbers);
    }

    fn bytes(&self) -> usize {
        (self.keys.capacity() + self.values.capacity()) * size_of::<T>()
    }

    fn shrink(&mut self) {
        self.keys.shrink_to_fit();
        self.values.shrink_to_fit();
    }
}

impl Store {
    pub(crate) fn new(config: &Config, precision: Precision) -> Self {
        let own = Numbers::new(config.layers, precision);
        Self { prefix: None, prefix_length: 0, own, own_length: 0, row: config.key_row() }
    }

    /// An empty one of a call that begins with a prefix (which has none itself).
    pub(crate) fn after(prefix: Arc<Store>) -> Self {
        let own = match &prefix.own {
            Numbers::Float(layers) => Numbers::new(layers.len(), Precision::Float),
            Numbers::Half(layers) => Numbers::new(layers.len(), Precision::Half),
        };
        let (prefix_length, row) = (prefix.len(), prefix.row);
        Self { prefix: Some(prefix), prefix_length, own, own_length: 0, row }
    }

    /// Positions.
    pub(crate) fn len(&self) -> usize {
        self.prefix_length + self.own_length
    }

    /// A pass has added so many positions to every layer.
    pub(crate) fn grow(&mut self, positions: usize) {
        self.own_length += positions;
    }

    /// Forgets what comes after a length; the prefix itself stays as it is.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.prefix_length = self.prefix_length.min(length);
        self.own_length = self.own_length.min(length - self.prefix_length);
        let numbers = self.own_length * self.row;
        match &mut self.own {
            Numbers::Float(layers) => layers.iter_mut().for_each(|it| it.truncate(numbers)),
            Numbers::Half(layers) => layers.iter_mut().for_each(|it| it.truncate(numbers)),
        }
    }

    /// The first layer's values of the last position of its own, as they lie in memory.
    pub(crate) fn last_values(&self) -> Vec<u8> {
        fn last<T>(layers: &[LayerNumbers<T>], row: usize) -> &[T] {
            let values = layers.first().map_or(&[][..], |layer| &layer.values);
            &values[values.len().saturating_sub(row)..]
        }
        match &self.own {
            Numbers::Float(all) => {
                last(all, self.row).iter().flat_map(|x| x.to_ne_bytes()).collect()
            }
            Numbers::Half(all) => {
                last(all, self.row).iter().flat_map(|x| x.to_ne_bytes()).collect()
            }
        }
    }

    /// Gives spare memory back.
    pub(crate) fn shrink(&mut self) {
        match &mut self.own {
            Numbers::Float(layers) => layers.iter_mut().for_each(LayerNumbers::shrink),
            Numbers::Half(layers) => layers.iter_mut().for_each(LayerNumbers::shrink),
        }
    }

    /// Memory of its own, without the prefix.
    pub(crate) fn bytes(&self) -> usize {
        match &self.own {
            Numbers::Float(layers) => layers.iter().map(LayerNumbers::bytes).sum(),
            Numbers::Half(layers) => layers.iter().map(LayerNumbers::bytes).sum(),
        }
    }

    /// A layer, to read and to add to.
    pub(crate) fn layer(&mut self, number: usize) -> Rows<'_> {
        let (row, used) = (self.row, self.prefix_length * self.row);
        let prefix = self.prefix.as_deref().map(|store| &store.own);
        match &mut self.own {
            Numbers::Float(layers) => {
                let prefix = match prefix {
                    Some(Numbers::Float(layers)) => Some(&layers[number]),
                    _ => None,
                };
                Rows::Float(layer_rows(prefix, used, &mut layers[number], row))
            }
            Numbers::Half(layers) => {
                let prefix = match prefix {
                    Some(Numbers::Half(layers)) => Some(&layers[number]),
                    _ => None,
                };
                Rows::Half(layer_rows(prefix, used, &mut layers[number], row))
            }
        }
    }
}

fn layer_rows<'a, T>(
    prefix: Option<&'a LayerNumbers<T>>,
    used: usize,
    own: &'a mut LayerNumbers<T>,
    row: usize,
) -> LayerRows<'a, T> {
    let (prefix_keys, prefix_values) =
        prefix.map_or((&[][..], &[][..]), |it| (&it.keys[..used], &it.values[..used]));
    LayerRows { prefix_keys, prefix_values, keys: &mut own.keys, values: &mut own.values, row }
}

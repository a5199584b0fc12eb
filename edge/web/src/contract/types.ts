/**
 * The messages of the contract that the dashboard reads, by their own names.
 *
 * schema.d.ts is generated from the OpenAPI document (`npm run types`); nothing here restates it.
 */
import type { components } from './schema';

type Schemas = components['schemas'];

export type EnrichedChain = Schemas['EnrichedChain'];
export type FeedStatus = Schemas['GetFeedStatusResponse'];
export type ListChainsResponse = Schemas['ListChainsResponse'];
export type ListExpiriesResponse = Schemas['ListExpiriesResponse'];
export type ListProductsResponse = Schemas['ListProductsResponse'];
export type ListTicksResponse = Schemas['ListTicksResponse'];
export type MarketSession = Schemas['MarketSession'];
export type MaxPain = Schemas['GetMaxPainResponse'];
export type MissingReason = Schemas['MissingReason'];
export type OptionLeg = Schemas['OptionLeg'];
export type PriceBasis = Schemas['PriceBasis'];
export type Product = Schemas['Product'];
export type QuantityUnit = Schemas['QuantityUnit'];
export type SourceKind = Schemas['SourceKind'];
export type UnderlyingTick = Schemas['UnderlyingTick'];

/** Which right of a chain: its calls or its puts. */
export type Side = 'call' | 'put';

/**
 * The screens for other people's pages:
 *
 *     <script type="module" src="http://localhost:8000/elements.js"></script>
 *     <ds-option-chain product="NIFTY"></ds-option-chain>
 */
export { useConventions, useToken } from './embedding';
export { OptionChain } from './elements/option-chain';
export { SourceRibbon } from './elements/source-ribbon';
export { CandlesScreen } from './screens/candles';
export { GammaExposureScreen } from './screens/gamma-exposure';
export { HistoryScreen } from './screens/history';
export { MaxPainScreen } from './screens/max-pain';
export { OpenInterestScreen } from './screens/open-interest';
export { SmileScreen } from './screens/smile';
export { StraddleScreen } from './screens/straddle';
export { SurfaceScreen } from './screens/surface';
export { SystemScreen } from './screens/system';

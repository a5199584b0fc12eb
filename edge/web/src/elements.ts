/**
 * The screens for other people's pages:
 *
 *     <script type="module" src="http://localhost:8000/elements.js"></script>
 *     <ds-option-chain product="NIFTY"></ds-option-chain>
 */
export { OptionChain } from './elements/option-chain';
export { SourceRibbon } from './elements/source-ribbon';

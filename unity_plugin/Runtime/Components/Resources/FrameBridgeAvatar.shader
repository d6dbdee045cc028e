// Shows an avatar's texture, with colours premultiplied by alpha. For the built-in pipeline, and for URP, which also draws
// passes without a LightMode. HDRP needs its own shader (Unlit, transparent, premultiplied).
// The server multiplies the sRGB bytes by alpha. Gamma projects blend such bytes unchanged. In linear projects the GPU decodes
// the product, which is darker than the product of the decoded colour: this shader corrects half-transparent rims.
Shader "FrameBridge/Avatar"
{
    Properties
    {
        _MainTex ("Avatar", 2D) = "black" {}
    }
    SubShader
    {
        Tags { "Queue" = "Transparent" "RenderType" = "Transparent" "IgnoreProjector" = "True" }
        Blend One OneMinusSrcAlpha
        Cull Off
        ZWrite Off
        Pass
        {
            CGPROGRAM
            #pragma vertex vert
            #pragma fragment frag
            #pragma multi_compile_fog
            #include "UnityCG.cginc"

            sampler2D _MainTex;
            float4 _MainTex_ST;

            struct v2f
            {
                float4 pos : SV_POSITION;
                float2 uv : TEXCOORD0;
                UNITY_FOG_COORDS(1)
                UNITY_VERTEX_OUTPUT_STEREO
            };

            v2f vert (appdata_base v)
            {
                v2f o;
                UNITY_SETUP_INSTANCE_ID(v);
                UNITY_INITIALIZE_VERTEX_OUTPUT_STEREO(o);
                o.pos = UnityObjectToClipPos(v.vertex);
                o.uv = TRANSFORM_TEX(v.texcoord, _MainTex);
                UNITY_TRANSFER_FOG(o, o.pos);
                return o;
            }

            half4 frag (v2f i) : SV_Target
            {
                half4 color = tex2D(_MainTex, i.uv);
            #ifndef UNITY_COLORSPACE_GAMMA
                if (color.a > 0.0h && color.a < 1.0h)
                {
                    color.rgb = GammaToLinearSpace(saturate(LinearToGammaSpace(color.rgb) / color.a)) * color.a;
                }
            #endif
                UNITY_APPLY_FOG_COLOR(i.fogCoord, color, fixed4(unity_FogColor.rgb * color.a, color.a));
                return color;
            }
            ENDCG
        }
    }
    Fallback Off
}

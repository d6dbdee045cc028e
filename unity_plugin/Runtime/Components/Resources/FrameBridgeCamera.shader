// Copies a camera's picture, turned upright. _Turn is a 2x2 matrix and _Shift an offset: the transform from the copy's pixels
// to the source's. Works in the built-in pipeline, URP and HDRP, as it is only used with Graphics.Blit.
Shader "Hidden/FrameBridge/Camera"
{
    Properties
    {
        _MainTex ("Picture", 2D) = "black" {}
        _Turn ("Turn", Vector) = (1, 0, 0, 1)
        _Shift ("Shift", Vector) = (0, 0, 0, 0)
    }
    SubShader
    {
        Cull Off ZWrite Off ZTest Always
        Pass
        {
            CGPROGRAM
            #pragma vertex vert
            #pragma fragment frag
            #include "UnityCG.cginc"

            sampler2D _MainTex;
            float4 _Turn;
            float4 _Shift;

            struct v2f
            {
                float4 pos : SV_POSITION;
                float2 uv : TEXCOORD0;
            };

            v2f vert (appdata_img v)
            {
                v2f o;
                o.pos = UnityObjectToClipPos(v.vertex);
                o.uv = float2(dot(_Turn.xy, v.texcoord), dot(_Turn.zw, v.texcoord)) + _Shift.xy;
                return o;
            }

            fixed4 frag (v2f i) : SV_Target
            {
                return tex2D(_MainTex, i.uv);
            }
            ENDCG
        }
    }
    Fallback Off
}
